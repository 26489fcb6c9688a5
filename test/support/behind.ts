/**
 * Loaded before tests that may take as long as they take, and handed down to whatever they start: those that have
 * to be in time run beside them, and go first.
 */
import { setPriority } from "node:os";

setPriority(5);
