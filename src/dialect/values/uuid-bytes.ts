/** UUIDs as the 16 bytes that they are. */

export function bytesOfUuid(uuid: unknown): Buffer {
  return Buffer.from(String(uuid).replaceAll("-", ""), "hex");
}

export function uuidOfBytes(cell: unknown): string {
  const { buffer, byteOffset, byteLength } = cell as Uint8Array;
  const hex = Buffer.from(buffer, byteOffset, byteLength).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
