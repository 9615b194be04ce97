/**
 * The suite that every database passes. It takes its test functions from whoever runs it, so that an author of a dialect
 * outside of Plinth runs the same one.
 */

import { actorCases } from "./actors.ts";
import { aggregateCases } from "./aggregates.ts";
import { arithmeticCases } from "./arithmetic.ts";
import { commentCases } from "./comments.ts";
import { arrayCases } from "./arrays.ts";
import { bitFieldCases } from "./bit-fields.ts";
import { caselessCases } from "./caseless.ts";
import { cursorCases } from "./cursors.ts";
import { computationCases } from "./computations.ts";
import { conflictCases } from "./conflicts.ts";
import { computedTextCases } from "./computed-texts.ts";
import { connectionCases } from "./connections.ts";
import { constraintCases } from "./constraints.ts";
import { enumCases } from "./enums.ts";
import { errorCases } from "./errors.ts";
import { fragmentCases } from "./fragments.ts";
import { fullTextCases } from "./full-texts.ts";
import { functionCases } from "./functions.ts";
import { generatedCases } from "./generated.ts";
import { hostileCases } from "./hostile.ts";
import { indexCases } from "./indexes.ts";
import { insertQueryCases } from "./insert-queries.ts";
import { insertStreamCases } from "./insert-streams.ts";
import { insertCases } from "./inserts.ts";
import { instantCases } from "./instants.ts";
import { joinCases } from "./joins.ts";
import { jsonPathCases } from "./json-paths.ts";
import { handleCases } from "./handles.ts";
import { joinedWriteCases } from "./joined-writes.ts";
import { insideCases } from "./insides.ts";
import { lockCases } from "./locks.ts";
import { createKit, type ConformanceOptions } from "./kit.ts";
import { invariantCases } from "./invariants.ts";
import { limitCases } from "./limits.ts";
import { orderCases } from "./orders.ts";
import { hostileNameCases } from "./hostile-names.ts";
import { wayCases } from "./ways.ts";
import { overflowCases } from "./overflows.ts";
import { explainCases } from "./explains.ts";
import { liveUniqueCases } from "./live-uniques.ts";
import { scopeCases } from "./scopes.ts";
import { scopedRelationCases } from "./scoped-relations.ts";
import { softDeleteCases } from "./soft-deletes.ts";
import { streamCases } from "./streams.ts";
import { pageCases } from "./pages.ts";
import { readCases } from "./reads.ts";
import { relatedWriteCases } from "./related-writes.ts";
import { relationCases } from "./relations.ts";
import { subqueryCases } from "./subqueries.ts";
import { schemaCases } from "./schemas.ts";
import { setCases } from "./sets.ts";
import { tableCases } from "./tables.ts";
import { textCases } from "./texts.ts";
import { timestampCases } from "./timestamps.ts";
import { transactionCases } from "./transactions.ts";
import { updateManyCases } from "./update-many.ts";
import { upsertCases } from "./upserts.ts";
import { valueCases } from "./values.ts";
import { hookCases } from "./hooks.ts";
import { auditCases } from "./audits.ts";
import { versionCases } from "./versions.ts";
import { viewValueCases } from "./view-values.ts";
import { viewCases } from "./views.ts";
import { windowCases } from "./windows.ts";
import { writeCases } from "./writes.ts";

/**
 * Registers all cases. Each group of cases has a private database, which is dropped at its end.
 *
 * @example
 * import { afterAll, describe, expect, test } from "vitest";
 * import { connect } from "plinth";
 * import { conformance } from "plinth/testing";
 *
 * conformance({ test, describe, expect, after: afterAll, connect, open: createPrivateDatabase });
 */
export function conformance(options: ConformanceOptions): void {
  const kit = createKit(options);
  tableCases(kit);
  valueCases(kit);
  constraintCases(kit);
  timestampCases(kit);
  versionCases(kit);
  hookCases(kit);
  auditCases(kit);
  generatedCases(kit);
  commentCases(kit);
  schemaCases(kit);
  viewCases(kit);
  viewValueCases(kit);
  enumCases(kit);
  bitFieldCases(kit);
  arrayCases(kit);
  indexCases(kit);
  fullTextCases(kit);
  hostileCases(kit);
  hostileNameCases(kit);
  insertCases(kit);
  insertQueryCases(kit);
  insertStreamCases(kit);
  upsertCases(kit);
  writeCases(kit);
  joinedWriteCases(kit);
  updateManyCases(kit);
  readCases(kit);
  orderCases(kit);
  pageCases(kit);
  cursorCases(kit);
  textCases(kit);
  caselessCases(kit);
  aggregateCases(kit);
  arithmeticCases(kit);
  overflowCases(kit);
  wayCases(kit);
  functionCases(kit);
  computedTextCases(kit);
  instantCases(kit);
  joinCases(kit);
  relationCases(kit);
  relatedWriteCases(kit);
  subqueryCases(kit);
  setCases(kit);
  windowCases(kit);
  fragmentCases(kit);
  conflictCases(kit);
  handleCases(kit);
  actorCases(kit);
  softDeleteCases(kit);
  liveUniqueCases(kit);
  scopeCases(kit);
  scopedRelationCases(kit);
  lockCases(kit);
  insideCases(kit);
  transactionCases(kit);
  errorCases(kit);
  connectionCases(kit);
  jsonPathCases(kit);
  computationCases(kit);
  invariantCases(kit);
  limitCases(kit);
  streamCases(kit);
  explainCases(kit);
}
