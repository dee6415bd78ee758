import type { Html } from './html.ts'

/** The page's look: one column of text, charts as wide as there is room, light or dark as the reader's system is. */
export const style: Html = {
  html: `
:root {
  --ground: #fbfaf8; --card: #ffffff; --ink: #1d2129; --soft: #5b6472; --line: #e3e1dc; --faint-line: #efede9;
  --blue: #2f62c9; --orange: #b35410; --green: #2d8a5b; --purple: #7a4fb3; --red: #b8324a; --grey: #9aa3b0; --tint: #eef3fc;
  --blue-field: 47, 98, 201; --orange-field: 214, 106, 26;
  --box-convolution: #e6eefb; --box-pool: #e4f3ea; --box-dense: #fbeee0; --box-merge: #f3e8f7; --box-other: #f0efec; --box-part: #e8eef0; --box-input: #ffffff;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --card: #1b1f26; --ink: #e8eaee; --soft: #a3acb9; --line: #313742; --faint-line: #262b34;
    --blue: #7ea6f7; --orange: #f0a066; --green: #6ec79b; --purple: #b79aec; --red: #ee8496; --grey: #76808f; --tint: #1f2a3d;
    --blue-field: 94, 140, 240; --orange-field: 226, 130, 60;
    --box-convolution: #22314c; --box-pool: #1f3a2d; --box-dense: #43311f; --box-merge: #38294a; --box-other: #2a2e36; --box-part: #263036; --box-input: #1b1f26;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 1040px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
.brand { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .04em; }
h1 { margin: 4px 0 0; font-size: 34px; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
.subtitle { margin: 6px 0 18px; color: var(--soft); font-size: 18px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 10px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: 14px; }
a { color: var(--blue); text-decoration: none; } a:hover, a:focus { text-decoration: underline; }
section { margin: 28px 0; padding: 24px 28px 26px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
h2 { margin: 0 0 10px; font-size: 22px; line-height: 1.3; } h3 { margin: 26px 0 6px; font-size: 17px; }
p, ul, dl { margin: 10px 0; } section > p, section > ul { max-width: 76ch; }
li { margin: 4px 0; }
.lead { font-size: 23px; line-height: 1.35; margin: 4px 0 12px; } .lead strong { color: var(--blue); white-space: nowrap; }
.small, figcaption, caption { color: var(--soft); font-size: 14px; }
figure { margin: 14px 0; } figcaption { margin-top: 4px; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 8px 0; padding: 12px 14px; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: 8px; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: 12px 0; } summary { cursor: pointer; color: var(--blue); font-size: 15px; }
.scroll { overflow-x: auto; max-width: 100%; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
table { border-collapse: collapse; margin: 8px 0; font-size: 14px; }
th, td { padding: 5px 14px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint-line); font-weight: normal; }
thead th { color: var(--soft); border-bottom-color: var(--line); } tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.chosen td { background: var(--tint); } tr.figures td { border-bottom: 0; padding-bottom: 1px; } tr.architecture td { max-width: 600px; padding-bottom: 8px; overflow-wrap: anywhere; color: var(--soft); line-height: 1.4; } tr.architecture code { font-size: 12px; } tr.figures td:first-child, tr.architecture td:first-child { padding-left: 8px; }
dl.facts { display: flex; flex-wrap: wrap; gap: 12px 36px; } dl.facts div { min-width: 0; } dt { color: var(--soft); font-size: 13px; } dd { margin: 0; font-size: 19px; overflow-wrap: anywhere; } dl.small dd { font-size: 15px; }
.confusion { font-variant-numeric: tabular-nums; } .confusion caption { text-align: left; padding-bottom: 6px; }
.confusion th, .confusion td { border: 0; padding: 0; } .confusion tbody th { padding-right: 10px; text-align: right; white-space: nowrap; font-weight: normal; max-width: 180px; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; }
.confusion thead th { vertical-align: bottom; } .confusion thead th span { display: block; writing-mode: vertical-rl; transform: rotate(180deg); margin: 0 auto; max-height: 150px; overflow: hidden; white-space: nowrap; padding-top: 6px; }
.confusion tbody td { min-width: 46px; height: 34px; text-align: center; vertical-align: middle; border: 2px solid var(--card); border-radius: 7px; }
.confusion td.right { background: rgba(var(--blue-field), calc(var(--share) * .8)); } .confusion td.wrong { background: rgba(var(--orange-field), calc(var(--share) * .95)); }
.confusion td.full { color: #fff; }
.gallery { list-style: none; margin: 12px 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 16px 14px; max-width: none !important; }
.gallery li { margin: 0; } .gallery img, .gallery svg { display: block; image-rendering: pixelated; object-fit: contain; background: var(--ground); border: 1px solid var(--line); border-radius: 8px; }
.gallery p { margin: 5px 0 0; font-size: 13px; line-height: 1.35; overflow-wrap: anywhere; } .gallery span { display: block; } .said { color: var(--orange); } .is { color: var(--ink); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 8px 28px; align-items: start; }
.triple { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); gap: 8px 20px; }
.chart, .diagram { display: block; width: 100%; height: auto; } .diagram { margin: 12px auto; } .narrow { display: none; }
.chart text, .diagram text { fill: var(--ink); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.ticks text { fill: var(--soft); font-size: 11.5px; } .chart text.name { fill: var(--soft); }
.grid line { stroke: var(--faint-line); } .axis { stroke: var(--line); }
.series polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.series polyline { stroke: var(--own); } .series circle, .series .band { fill: var(--own); } .series .band { opacity: .15; }
.s0, .s6 { --own: var(--blue); } .s1, .s7 { --own: var(--orange); } .s2, .s8 { --own: var(--green); } .s3, .s9 { --own: var(--purple); } .s4, .s10 { --own: var(--red); } .s5, .s11 { --own: var(--grey); } .s6, .s7, .s8, .s9, .s10, .s11 { --dashes: 6 4; } .series polyline { stroke-dasharray: var(--dashes, none); }
.points.faint circle { fill: var(--grey); opacity: .62; } .points.strong circle { fill: var(--blue); } .points.chosen circle { fill: var(--orange); stroke: var(--card); stroke-width: 1.5; }
.stairs { fill: none; stroke: var(--blue); stroke-width: 1.8; } .diagonal { stroke: var(--soft); stroke-dasharray: 5 4; }
.bars rect { fill: var(--blue); opacity: .8; } .heat .right { fill: var(--blue); } .heat .wrong { fill: var(--orange); } .ground { fill: var(--ground); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 2px 0 0; font-size: 14px; color: var(--soft); } .legend span { display: inline-flex; align-items: center; gap: 7px; }
.swatch { width: 11px; height: 11px; border-radius: 50%; background: var(--own, var(--grey)); } .swatch.strong { background: var(--blue); } .swatch.chosen { background: var(--orange); } .swatch.stair { width: 18px; height: 3px; border-radius: 2px; background: var(--blue); }
.edges polyline { fill: none; stroke: var(--grey); stroke-width: 1.4; } .edges polygon { fill: var(--grey); }
.box rect { fill: var(--box-other); stroke: var(--line); } .box text { font-size: 12px; } .box text.facts { fill: var(--soft); font-size: 11px; }
.box.convolution rect { fill: var(--box-convolution); } .box.pool rect { fill: var(--box-pool); } .box.dense rect { fill: var(--box-dense); } .box.merge rect { fill: var(--box-merge); } .box.part rect { fill: var(--box-part); } .box.input rect { fill: var(--box-input); }
footer { padding-bottom: 40px; color: var(--soft); font-size: 13px; }
@media (max-width: 640px) {
  header, main, footer { padding: 0 12px; } header { padding-top: 22px; } h1 { font-size: 27px; } .subtitle { font-size: 16px; } .lead { font-size: 20px; }
  section { margin: 16px 0; padding: 18px 15px; border-radius: 10px; } nav { gap: 4px 16px; }
  .wide { display: none; } .narrow { display: block; } dl.facts { gap: 10px 24px; } .confusion tbody td { min-width: 38px; }
  .gallery { grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); }
}
@media print { section { break-inside: avoid; border: 0; padding: 0; } nav { display: none; } }
`,
}
