type Content = Readonly<Record<string, unknown>>;

/** Whether what has to be pinned is among what is: people may pin besides, in any order. */
export function isPinned(desired: Content, actual: Content): boolean {
  const pinned = new Set(pinsOf(actual));
  return pinsOf(desired).every((event) => pinned.has(event));
}

/** The pins with what has to be pinned at their head, and what people pinned after it. */
export function pinsWith(desired: Content, actual: Content): Content {
  return { pinned: [...new Set([...pinsOf(desired), ...pinsOf(actual)])] };
}

/** The events in the content of `m.room.pinned_events`. */
function pinsOf({ pinned }: Content): readonly string[] {
  return Array.isArray(pinned) ? pinned.filter((event) => typeof event === "string") : [];
}
