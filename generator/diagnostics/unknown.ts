// The message for a layer that is asked for and is not there.
import type { NewDiagnostic } from "./diagnostics.ts";
import { didYouMean } from "./print.ts";

/** @param what it is called in the message; @param option as it was given, where an option names it */
export function unknownLayer(what: string, name: string, known: readonly string[], option?: string): NewDiagnostic {
  const meant = didYouMean(name, known);
  return {
    code: "AN6005",
    message: `there is no ${what} called ${JSON.stringify(name)}`,
    ...(option === undefined ? {} : { option }),
    expected: `one of ${known.join(", ")}`,
    ...(meant === undefined ? {} : { hint: `did you mean ${JSON.stringify(meant)}?` }),
  };
}
