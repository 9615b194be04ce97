/** The eight groups of an IPv6 address; undefined of what is none. */
function groupsOf(address: string): number[] | undefined {
  // A zone, as in fe80::1%eth0, is the machine's own name for a cable.
  const bare = address.replace(/%.*$/, "");
  if (!bare.includes(":") || !URL.canParse(`http://[${bare}]/`)) return undefined;
  // The URL's parser knows every way of writing one, and writes it in one.
  const [head = "", tail] = new URL(`http://[${bare}]/`).hostname.slice(1, -1).split("::");
  const parse = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/**
 * Whom to limit for an address: an IPv4 address itself, also where it is written as `::ffff:203.0.113.7`; of an IPv6 address its
 * network, as each customer has a whole one to choose addresses from. What is no address is given back as it is.
 *
 * @param ipv6Bits How much of an IPv6 address counts, in steps of 16. Default 64, what a customer has at the least.
 * @example
 * await limiter.take(networkOf(request.socket.remoteAddress ?? "unknown"));
 */
export function networkOf(address: string, ipv6Bits: 48 | 64 | 128 = 64): string {
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  const isIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isIpv4) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join(".");
  }
  const kept = groups.slice(0, ipv6Bits / 16).map((group) => group.toString(16));
  return ipv6Bits === 128 ? kept.join(":") : `${kept.join(":")}::/${ipv6Bits}`;
}
