import type { UserId } from "../ids.ts";
import type { RoleName } from "../policy.ts";

/** Who does a task: a person, or whoever holds a role, with which it moves. */
export type Owner = { readonly user: UserId } | { readonly role: RoleName };

/** Whom an update that is late concerns, one after the other. */
export const updateConcerns = ["commander", "deputy", "room"] as const;
export type Concerned = (typeof updateConcerns)[number];

/** What was to be done, by whom, and what became of it. */
export type WorkFact =
  | {
      /** A checklist of the configuration, as it was when the incident began. */
      readonly type: "playbook-started";
      readonly data: {
        readonly name: string;
        readonly version: string;
        readonly items: readonly string[];
      };
    }
  | {
      readonly type: "task-added";
      readonly data: {
        readonly text: string;
        readonly owner: Owner;
        /** Milliseconds since the epoch. */
        readonly dueAt?: number;
      };
    }
  | { readonly type: "task-given"; readonly data: { readonly task: number; readonly owner: Owner } }
  | { readonly type: "task-acknowledged"; readonly data: { readonly task: number; readonly user: UserId } }
  | {
      /** The owner has not acknowledged it. */
      readonly type: "task-reminded";
      readonly data: { readonly task: number };
    }
  | {
      /** Nor after the reminder: the commander was told. */
      readonly type: "task-unanswered";
      readonly data: { readonly task: number };
    }
  | { readonly type: "tasks-overdue"; readonly data: { readonly tasks: readonly number[] } }
  | { readonly type: "task-done"; readonly data: { readonly task: number; readonly text?: string } }
  | { readonly type: "task-dropped"; readonly data: { readonly task: number; readonly reason: string } }
  | {
      /** An update is due and has not come. */
      readonly type: "update-reminded";
      readonly data: { readonly to: Concerned };
    };
