// The order of rooms: a room may import only rooms before it in this list (docs/ARCHITECTURE.md).
const rooms = ['tensor', 'network', 'space', 'hub', 'data', 'train', 'predict', 'strategy', 'oneshot', 'proxy', 'model', 'search', 'benchmark', 'cli']
const downward = rooms.map((room, i) => ({
  name: `${room}-imports-downward-only`,
  severity: 'error',
  comment: `src/${room} may import only the rooms above it in the list in .dependency-cruiser.cjs`,
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${rooms.slice(i + 1).join('|') || 'nothing'})/` },
}))
// A strategy sees decisions and predict/, never networks, tensors or training (tensor only through predict).
const strategySeesDecisions = {
  name: 'strategy-sees-decisions-only',
  severity: 'error',
  from: { path: '^src/strategy/' },
  to: { path: '^src/(tensor|network|hub|data|train)/', dependencyTypesNot: ['type-only'] },
}
const portable = {
  name: 'core-is-portable',
  severity: 'error',
  comment: 'Everything outside a node/ folder, data/, model/ and cli/ must also run in a browser: take Node things through an interface',
  from: { path: '^src/(tensor|network|space|hub|train|predict|strategy|oneshot|proxy|search|benchmark)/', pathNot: '/node/' },
  to: { dependencyTypes: ['core'] },
}
const portablePackages = {
  name: 'core-uses-no-node-package',
  severity: 'error',
  from: { path: '^src/(tensor|network|space|hub|train|predict|strategy|oneshot|proxy|search|benchmark)/', pathNot: '/node/' },
  to: { path: 'node_modules/(onnxruntime-node|sharp|@photostructure|kysely|commander|cli-progress|cli-table3)/' },
}
const nodeStaysAtTheEdge = {
  name: 'node-folders-stay-at-the-edge',
  severity: 'error',
  from: { path: '^src/(tensor|network|space|hub|train|predict|strategy|oneshot|proxy|search|benchmark)/', pathNot: '/node/' },
  to: { path: '^src/.*/node/' },
}
module.exports = {
  forbidden: [...downward, strategySeesDecisions, portable, portablePackages, nodeStaysAtTheEdge, { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } }],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' } },
}
