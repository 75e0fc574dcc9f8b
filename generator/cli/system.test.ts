import { expect, test, vi } from "vitest";
import { InputError } from "../diagnostics/diagnostics.ts";
import { systemFault } from "./system.ts";

const fault = (code: string, path?: string, syscall = "mkdir") =>
  Object.assign(new Error(code), { code, path, syscall });

test("what the system refuses is no fault of the compiler's", () => {
  const found = systemFault(fault("EACCES", "/usr/lib/node_modules/addernet-rtl/.cache")) as InputError;
  expect(found).toBeInstanceOf(InputError);
  expect(found.message).toBe("AN7001: /usr/lib/node_modules/addernet-rtl/.cache cannot be used: permission denied");
  expect((systemFault(fault("ENOSPC")) as InputError).message).toBe("AN7001: mkdir cannot be used: the disk is full");
  for (const own of [new TypeError("x is not a function"), fault("ENOENT", "/x"), undefined, null, "text"])
    expect(systemFault(own)).toBeUndefined();
});

test("where the cache is refused, the hint names the variable that moves it", () => {
  vi.stubEnv("ADDERNET_CACHE", "/home/u/.cache/addernet-rtl/tb");
  const hint = (path: string, syscall?: string) =>
    (systemFault(fault("EACCES", path, syscall)) as InputError).diagnostics[0]?.hint ?? "";
  try {
    for (const path of ["/home/u/.cache/addernet-rtl/tb", "/home/u/.cache/addernet-rtl/tb/tmp.1", "/home/u/.cache"])
      expect(hint(path), path).toContain("ADDERNET_CACHE");
    for (const [path, syscall] of [
      ["/home/u/.cache", "open"],
      ["/home/u/.cache/addernet-rtl/tb2", "mkdir"],
      ["/home/u/out", "mkdir"],
    ] as const)
      expect(hint(path, syscall), path).toBe("");
  } finally {
    vi.unstubAllEnvs();
  }
});
