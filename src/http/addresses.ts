/** What an IP address leads to: the world, a private network, this machine, or what no webhook may reach. */
import { BlockList, isIP } from "node:net";

/**
 * `forbidden`: link-local (where clouds keep their metadata), multicast, unspecified, and forms that only wrap another
 * address; nothing that receives webhooks lives there.
 */
export type AddressKind = "public" | "private" | "loopback" | "forbidden";

function createLists() {
  return {
    loopback: createBlockList(["127.0.0.0/8", "::1/128"]),
    forbidden: createBlockList([
      "0.0.0.0/8",
      "169.254.0.0/16",
      "224.0.0.0/3",
      // The metadata services of clouds outside the link-local ranges.
      "100.100.100.200/32",
      "168.63.129.16/32",
      "192.0.0.192/32",
      "fd00:ec2::254/128",
      "fd20:ce::254/128",
    ]),
    privateNetworks: createBlockList([
      "10.0.0.0/8",
      "100.64.0.0/10",
      "172.16.0.0/12",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "fc00::/7",
      "2001:db8::/32",
      "3fff::/20",
    ]),
    /** Global unicast is 2000::/3; what of it leads to another address. */
    globalUnicast: createBlockList(["2000::/3"]),
    wrapping: createBlockList(["2001::/23", "2002::/16"]),
    mappedAddresses: createBlockList(["::ffff:0:0/96"]),
  };
}

/** Made when an address is looked at first: most processes that could look at one never do, and start sooner. */
let lists: ReturnType<typeof createLists> | undefined;

/** @param address an IP address, without brackets or with; an IPv4 address that IPv6 maps counts as itself */
export function classifyAddress(address: string): AddressKind {
  const bare = address.replace(/^\[|\]$/g, "").split("%", 1)[0] as string;
  const family = isIP(bare) === 4 ? "ipv4" : "ipv6";
  if (isIP(bare) === 0) throw new TypeError(`${address} is no IP address`);
  lists ??= createLists();
  const { loopback, forbidden, privateNetworks, globalUnicast, wrapping, mappedAddresses } = lists;
  if (loopback.check(bare, family)) return "loopback";
  if (forbidden.check(bare, family)) return "forbidden";
  if (privateNetworks.check(bare, family)) return "private";
  if (family === "ipv4" || mappedAddresses.check(bare, "ipv6")) return "public";
  return globalUnicast.check(bare, family) && !wrapping.check(bare, family) ? "public" : "forbidden";
}

function createBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split("/") as [string, string];
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}
