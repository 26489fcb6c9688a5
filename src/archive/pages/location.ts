import { object, text } from "../../matrix/event.ts";
import { type Html, html } from "./html.ts";

/** A place as RFC 5870 writes it: latitude, longitude, perhaps an altitude, and how exact. */
const geo =
  /^geo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:,-?[\d.]{1,20})?(?:;.*?\bu=(\d{1,9}))?/;

/** A place that somebody told of. It is not drawn: a map would have to come from somewhere. */
export function showLocation(content: unknown): Html {
  const told = object(content, "org.matrix.msc3488.location") ?? object(content, "m.location");
  const [, latitude, longitude, within] = geo.exec(text(content, "geo_uri") ?? text(told, "uri") ?? "") ?? [];
  const where =
    latitude === undefined ? "a place that cannot be read" : `latitude ${latitude}, longitude ${longitude}`;
  const exact = within === undefined ? "" : `, within ${within} m`;
  const described = text(told, "description") ?? text(content, "body") ?? "";
  return html`<p>Location: ${where}${exact}</p><p class="plain">${described}</p>`;
}
