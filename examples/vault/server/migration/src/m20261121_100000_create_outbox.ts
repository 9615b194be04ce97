import { defineMigration } from "plinth/migrate";
import { outboxTables } from "plinth/outbox";

const { plinthInbox, plinthOutbox } = outboxTables;

export default defineMigration({
  async up(_tx, schema) {
    await schema.createTable(plinthOutbox);
    await schema.createTable(plinthInbox);
  },
  async down(_tx, schema) {
    await schema.dropTable(plinthInbox);
    await schema.dropTable(plinthOutbox);
  },
});
