import { restoreStory } from "../support/restore-story.ts";

await restoreStory({});
