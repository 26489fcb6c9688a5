import type { CourseFact } from "./facts/course.ts";
import type { PeopleFact } from "./facts/people.ts";
import type { RecordFact } from "./facts/record.ts";
import type { RestoreFact } from "./facts/restore.ts";
import type { RoleFact } from "./facts/roles.ts";
import type { RoomFact } from "./facts/room.ts";
import type { WorkFact } from "./facts/work.ts";

/**
 * Everything that can have happened to an incident. A fact is what the journal keeps; the state of an
 * incident is nothing but the fold of its facts. A fact once written keeps its meaning for ever: a new
 * meaning gets a new type.
 */
export type Fact = CourseFact | PeopleFact | RoleFact | RecordFact | WorkFact | RoomFact | RestoreFact;

export type FactOf<T extends Fact["type"]> = Extract<Fact, { readonly type: T }>;
