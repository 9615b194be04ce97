import { expect, test } from "vitest";
import { createNames, spell, type NameStyle } from "./naming.ts";

test.each<[string, NameStyle, string]>([
  ["createdAt", "snake_case", "created_at"],
  ["id", "snake_case", "id"],
  ["userID", "snake_case", "user_id"],
  ["HTTPServer", "snake_case", "http_server"],
  ["parseHTTPUrl", "snake_case", "parse_http_url"],
  ["address2Line", "snake_case", "address2_line"],
  ["already_snake_case", "snake_case", "already_snake_case"],
  ["MixedUp_case", "snake_case", "mixed_up_case"],
  ["größeInÄhren", "snake_case", "größe_in_ähren"],
  ["createdAt", "PascalCase", "CreatedAt"],
  ["music_artist", "PascalCase", "MusicArtist"],
  ["music_artist", "camelCase", "musicArtist"],
  ["MusicArtist", "camelCase", "musicArtist"],
  ["any THING at_all", "as-is", "any THING at_all"],
])("%s is %s as %s", (name, style, expected) => {
  expect(spell(name, style)).toBe(expected);
});

test("spelling a name twice changes nothing more", () => {
  for (const style of ["snake_case", "PascalCase", "camelCase", "as-is"] as const) {
    for (const name of ["userId", "one_two_three", "Invoice2Line", "x"]) {
      const once = spell(name, style);
      expect(spell(once, style)).toBe(once);
    }
  }
});

test("tables keep their names and columns are in snake case, unless a name is given or the naming says else", () => {
  const usual = createNames();
  expect(usual.table("UserAccount")).toBe("UserAccount");
  expect(usual.column({ key: "createdAt", givenName: undefined })).toBe("created_at");
  expect(usual.column({ key: "createdAt", givenName: "Made On" })).toBe("Made On");

  const own = createNames({ tables: (name) => `app_${name}`, columns: "PascalCase" });
  expect(own.table("users")).toBe("app_users");
  expect(own.column({ key: "createdAt", givenName: undefined })).toBe("CreatedAt");
});
