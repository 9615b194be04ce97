// Who the story tells of. Nobody here is real.
import type { AlterFields } from "../src/alters.ts";
import type { UploadFields } from "../src/uploads.ts";

export const lighthouse = {
  username: "lighthouse",
  password: "keep the lamp lit",
  isSystem: true,
};

export const visitor = { username: "visitor", password: "just looking", isSystem: true };

export const harbour = { username: "harbour", password: "quiet water", isSystem: true };

export const alters = [
  { name: "River", description: "Hosts most days. Writes the journal." },
  { name: "Juniper", description: "Looks after the young ones." },
  { name: "Ash", description: "Keeps watch at night." },
  { name: "Wren", description: "Six years old. Likes rivers and trains." },
  { name: "Marlow", description: "Talks to doctors and offices." },
  { name: "Sol", avatarUrl: "/avatars/sol.webp" },
  { name: "Ines", description: "Cooks; remembers birthdays." },
] satisfies readonly AlterFields[];

export const admin = { username: "admin", password: "only for the story" };

export const picture = {
  filename: "0001.webp",
  originalFilename: "sea at dusk.webp",
  mimeType: "image/webp",
  fileSize: 184_320,
};

export const files = [
  {
    filename: "0002.md",
    originalFilename: "journal.md",
    mimeType: "text/markdown",
    fileSize: 5_120,
  },
  {
    filename: "0003.ogg",
    originalFilename: "lullaby.ogg",
    mimeType: "audio/ogg",
    fileSize: 902_144,
  },
] satisfies readonly UploadFields[];
