/**
 * The name of what makes the pages of archives in this version: a digest over its code, its assets and its packages.
 * Written by `npm run docs`, and compared by `npm run check`: `src/cli/renderer.ts` says over what.
 */
export const rendererCode = "6278a9823ac99d08f6e2e8a63b90013b8751a0e6029892eb0ab09c23b19d21b3";
