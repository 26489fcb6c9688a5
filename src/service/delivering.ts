import type { Entry } from "../incident/entry.ts";
import { type Delivery, dropDelivery, wantDeliveries } from "../journal/deliveries.ts";
import type { Change } from "../store/store.ts";
import type { Service } from "./service.ts";

/**
 * Notes what has to be done with archives because of a change: each is copied where there is a second folder,
 * and one that another took the place of is removed from both.
 *
 * @param before the archive that there was before the change
 */
export async function noteDeliveries(
  { rules }: Pick<Service, "rules">,
  change: Change,
  before: { readonly name: string; readonly digest: string } | undefined,
  entries: readonly Entry[],
): Promise<void> {
  const made = entries.find((entry) => entry.type === "archived" || entry.type === "revised");
  if (made === undefined) return;
  const { incident, data } = made;
  const due = (archive: { readonly name: string; readonly digest: string }, what: Delivery["what"]) => ({
    incident,
    name: archive.name,
    digest: archive.digest,
    what,
  });
  const hasCopies = rules.archiveCopy !== undefined;
  await wantDeliveries(change, hasCopies ? [due(data, "copy")] : []);
  if (before === undefined || rules.superseded === "keep") return;
  await dropDelivery(change, { name: before.name, what: "copy" });
  await wantDeliveries(change, [due(before, "remove"), ...(hasCopies ? [due(before, "remove-copy")] : [])]);
}
