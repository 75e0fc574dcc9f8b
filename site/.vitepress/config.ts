// The documentation site. scripts/site.ts gathers its pages and says what stands in the menu.
import { existsSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

interface Menu {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}
const menu = JSON.parse(readFileSync(new URL("../pages/menu.json", import.meta.url), "utf8")) as Menu[];

export default defineConfig({
  title: "addernet-rtl",
  description: "Compiles a trained AdderNet to Verilog and proves it right",
  // No icon: browsers need not ask for one.
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: "pages",
  outDir: "dist",
  // Files that pages link to come along as they are, Markdown too.
  srcExclude: ["public/**"],
  // Links between pages and files are checked where the pages are gathered.
  ignoreDeadLinks: [(url: string) => existsSync(new URL(`../pages/public${url}`, import.meta.url))],
  // Pages are plain Markdown: a tag in them is text.
  markdown: { html: false },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: menu.map((m) => ({ text: m.text, collapsed: m.items.length > 12, items: [...m.items] })),
    nav: menu.map((m) => ({ text: m.text, link: m.items[0]!.link })),
  },
});
