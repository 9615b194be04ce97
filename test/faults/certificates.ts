// For the tests beside this file: an authority of their own, made by openssl.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Authority {
  /** The file of its certificate. */
  readonly file: string;
  remove(): void;
  /** A certificate for a name, with its key, as files. `names` are what stands in it for hosts. */
  issue(commonName: string, names?: string): { readonly cert: string; readonly key: string };
}

function openssl(parameters: readonly string[]): void {
  execFileSync("openssl", parameters, { stdio: ["ignore", "ignore", "pipe"] });
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "plinth-ca-"));
  const file = join(folder, "ca.pem");
  const authorityKey = join(folder, "ca.key");
  openssl([
    "req",
    "-x509",
    ...newKey,
    "-days",
    "2",
    "-subj",
    "/CN=Test Authority",
    "-keyout",
    authorityKey,
    "-out",
    file,
  ]);
  return {
    file,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    issue(commonName, names) {
      const path = (suffix: string): string => join(folder, `${commonName}.${suffix}`);
      openssl([
        "req",
        ...newKey,
        "-subj",
        `/CN=${commonName}`,
        "-keyout",
        path("key"),
        "-out",
        path("csr"),
      ]);
      writeFileSync(path("ext"), names === undefined ? "" : `subjectAltName=${names}\n`);
      openssl([
        "x509",
        "-req",
        "-in",
        path("csr"),
        "-CA",
        file,
        "-CAkey",
        authorityKey,
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        path("ext"),
        "-out",
        path("crt"),
      ]);
      return { cert: path("crt"), key: path("key") };
    },
  };
}
