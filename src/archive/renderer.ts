/**
 * The name of what makes the pages of archives in this version: a digest over its code, its assets and its packages.
 * Written by `npm run docs`, and compared by `npm run check`: `src/cli/renderer.ts` says over what.
 */
export const rendererCode = "245c82a6cd5fb4b745a204f64022f11c0662669ccb7cb0b741745e3e6c88f8d3";
