/**
 * The name of what makes the pages of archives in this version: a digest over its code, its assets and its packages.
 * Written by `npm run docs`, and compared by `npm run check`: `src/cli/renderer.ts` says over what.
 */
export const rendererCode = "d45b1e2405d44f44830a4e56e0e26a9d4de5d508370cf2d56fc418a463991bde";
