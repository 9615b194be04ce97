/** What roles allow, by the bit of each. A bit that was given stays: rows hold it. */
export const permissionFlags = {
  viewChannels: 0,
  sendMessages: 1,
  attachFiles: 2,
  connect: 3,
  speak: 4,
  createInvites: 5,
  manageMessages: 6,
  muteMembers: 7,
  kickMembers: 8,
  banMembers: 9,
  manageChannels: 10,
  manageRoles: 11,
  manageGuild: 12,
  /** All of the others, and every private channel. */
  administrator: 13,
} as const;

export type Permission = keyof typeof permissionFlags;

/** In the order of their bits. */
export const allPermissions = Object.keys(permissionFlags) as Permission[];

/** Of the role that everybody in a new guild has. */
export const everyonePermissions: readonly Permission[] = [
  "viewChannels",
  "sendMessages",
  "attachFiles",
  "connect",
  "speak",
];
