import { rendererCode } from "./renderer.ts";

/** What an archive says of the program that made it. */
export interface Maker {
  readonly tool: { readonly name: string; readonly version: string };
  /** Absent in archives of version 0.1.0, which knew of none. */
  readonly renderer?: Renderer;
}

/** What decides which pages data give: another renderer may make others, and is right, too. */
export interface Renderer {
  /** A digest over code, assets and packages, SHA-256 in hexadecimal. */
  readonly code: string;
  /** The tables of Node.js that pages are made with besides: those of Unicode and those of time zones. */
  readonly unicode: string;
  readonly timeZones: string;
}

/** The renderer of this program, on this Node.js. */
export const ownRenderer: Renderer = {
  code: rendererCode,
  unicode: process.versions.unicode ?? "unknown",
  timeZones: process.versions.tz ?? "unknown",
};
