import { createRequire } from 'node:module'

/** Nascent's version, as in its package. */
export const version = (createRequire(import.meta.url)('../../../package.json') as { readonly version: string }).version
