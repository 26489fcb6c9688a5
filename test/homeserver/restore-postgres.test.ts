import { after } from "node:test";
import { startPostgres } from "../support/postgres.ts";
import { restoreStory } from "../support/restore-story.ts";

const server = await startPostgres();
await restoreStory({ database: await server.createDatabase() });
// Behind the hooks of the story, which still read the database.
after(() => server.stop());
