/** Who the story tells of. */
export const alice = { username: "alice", email: "alice@example.com", password: "wonderland" };
