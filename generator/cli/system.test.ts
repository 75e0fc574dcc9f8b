import { expect, test } from "vitest";
import { InputError } from "../diagnostics/diagnostics.ts";
import { systemFault } from "./system.ts";

const fault = (code: string, path?: string) => Object.assign(new Error(code), { code, path, syscall: "mkdir" });

test("what the system refuses is no fault of the compiler's", () => {
  const found = systemFault(fault("EACCES", "/usr/lib/node_modules/addernet-rtl/.cache")) as InputError;
  expect(found).toBeInstanceOf(InputError);
  expect(found.message).toBe("AN7001: /usr/lib/node_modules/addernet-rtl/.cache cannot be used: permission denied");
  expect((systemFault(fault("EACCES", "/home/u/.cache/addernet-rtl/tb")) as InputError).diagnostics[0]?.hint).toContain(
    "ADDERNET_CACHE",
  );
  expect((systemFault(fault("ENOSPC")) as InputError).message).toBe("AN7001: mkdir cannot be used: the disk is full");
  for (const own of [new TypeError("x is not a function"), fault("ENOENT", "/x"), undefined, null, "text"])
    expect(systemFault(own)).toBeUndefined();
});
