// Words that may not be names. All lower case: names are compared without case, because some tools do.
const words = (text) => text.trim().split(/\s+/);
/** Keywords of Verilog (IEEE 1364-2005) and SystemVerilog (IEEE 1800-2017). */
export const VERILOG_KEYWORDS = new Set(words(`
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind bins
    binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const
    constraint context continue cover covergroup coverpoint cross deassign default defparam design disable dist do edge
    else end endcase endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface endmodule
    endpackage endprimitive endprogram endproperty endsequence endspecify endtable endtask enum event eventually expect
    export extends extern final first_match for force foreach forever fork forkjoin function generate genvar global
    highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import incdir include initial inout input
    inside instance int integer interconnect interface intersect join join_any join_none large let liblist library local
    localparam logic longint macromodule matches medium modport module nand negedge nettype new nexttime nmos nor
    noshowcancelled not notif0 notif1 null or output package packed parameter pmos posedge primitive priority program
    property protected pull0 pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase
    randsequence rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0
    rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal showcancelled
    signed small soft solve specify specparam static string strong strong0 strong1 struct super supply0 supply1
    sync_accept_on sync_reject_on table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1
    tri tri0 tri1 triand trior trireg type typedef union unique unique0 unsigned until until_with untyped use uwire var
    vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor
  `));
/** Keywords of C23 and C++23, and the names that a header for either must not take. */
export const C_KEYWORDS = new Set(words(`
    alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor bool break case catch
    char char16_t char32_t char8_t class co_await co_return co_yield compl complex concept const const_cast consteval
    constexpr constinit continue decltype default defined delete do double dynamic_cast else enum errno explicit export
    extern false final float for friend goto if imaginary import inline int int16_t int32_t int64_t int8_t intmax_t
    intptr_t linux long main module mutable namespace new noexcept not not_eq null nullptr operator or or_eq override
    private protected ptrdiff_t public reflexpr register reinterpret_cast requires restrict return short signed size_t
    sizeof static static_assert static_cast struct switch synchronized template this thread_local throw true try typedef
    typeid typename typeof typeof_unqual uint16_t uint32_t uint64_t uint8_t uintmax_t uintptr_t union unix unsigned using
    virtual void volatile wchar_t while xor xor_eq
  `));
/** Names that Windows takes for a device, whatever their extension. */
export const DEVICE_NAMES = new Set([
    ...words("con prn aux nul conin conout clock"),
    ...Array.from({ length: 10 }, (_, digit) => [`com${digit}`, `lpt${digit}`]).flat(),
]);
