throw new Error("Cordon keeps its data in SQLite or PostgreSQL: nedb is not available.");
