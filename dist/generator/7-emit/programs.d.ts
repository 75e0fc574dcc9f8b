/** Defines the function `find`: the first of some programs that PATH has, else the first name. */
export declare const findFunction = "find = $(firstword $(foreach p,$(1),$(if $(shell command -v $(p) 2>/dev/null),$(p))) $(1))";
/** A variable for a program, unless the caller of make sets it. @param names its own first, then PyPI's */
export declare const program: (variable: string, names: readonly string[]) => string;
