// weight_ram - weights of a layer in a memory that is written at run time, over a load chain
//
//   word = row's word, a clock later; the memory takes its part of a chain of image words and passes on the rest
//
// Load       A word of the chain with tfirst opens an image: it and those that follow fill the memory, all later ones
//            leave on m_load, the first of them with tfirst. There is no back pressure: words come PER clocks apart
//            or more, PER = 32 / (BITS rounded up to a power of two) for BITS up to 16, else 1.
// Layout     BITS above 16: a row is ceil(BITS/32) image words, the lowest bits in the first one.
//            BITS up to 16: an image word holds PER rows, one in each 32/PER bits, the first row lowest.
// Memory     ONE_PORT 0: written and read at addresses of their own, as block RAMs are. ONE_PORT 1: one address for both,
//            and rows of up to 16 bits lie side by side in words of 16, for memories that are one large port of 16 bits
//            and have no contents at first (SPRAM of the iCE40 UltraPlus); what is written then is not to be read.
// Banks      BANKS 2: two sets. `bank` is the one that is read, the other one is written; `bank` belongs to the row beside
//            it, and rests while an image is loaded. With ONE_PORT each bank is a memory of its own.
// Read back  READ 1: while read_back is high the rows are read in the order of the image, in place of `row`. A word of the chain
//            with tfirst asks for a word then: the first memory that has some left gives its next one, without tfirst;
//            what else comes passes. One word is under way at a time, two clocks apart or more, also from the rise of read_back.
//            Bits of an image word that hold no row come as zeros. With two banks it is the one that is read. It rises
//            while no image is on its way. A memory of one row of more than 16 bits shows it then, too: the code of weights
//            beside the chip, which are read ahead of their frame.
// Timing     a clock from row to word, and from s_load to m_load; a row is in the memory PER + 1 clocks after its word.
//            From a request to its word PER + 2 clocks, where PER is 1 a clock.
// Reset      synchronous, active high; ends an image that is being loaded, leaves the memory.
// Does not   with one bank read right while it is written, check what arrives, or know whether an image was whole (weights_loader).
// Cost       a memory of 32 bits for each image word of a row, 34 flip-flops and the counters of rows and words; with
//            ONE_PORT the choice of an address, and of a row of a word. READ: the same choices, 6 flip-flops.
// Tested by  testbench/cells/weight_ram; proved by `npm run formal -- weight_ram`.

`default_nettype none

module weight_ram #(
    parameter integer ROWS     = 6,    // words of the memory
    parameter integer BITS     = 8,    // of one
    parameter integer ONE_PORT = 0,    // 1: one address, for an SPRAM
    parameter integer BANKS    = 1,    // 2: one is read while the other one is written
    parameter integer READ     = 0     // 1: what the memory holds can be read back over the chain
) (
    input  wire        clk,
    input  wire        rst,

    // load chain in
    input  wire [31:0] s_load_tdata,
    input  wire        s_load_tvalid,
    input  wire        s_load_tfirst,

    // load chain out
    output reg  [31:0] m_load_tdata,
    output reg         m_load_tvalid,
    output reg         m_load_tfirst,

    input  wire        read_back,    // no row is read but for the chain

    // read
    input  wire [((ROWS > 1) ? $clog2(ROWS) : 1)-1:0] row,
    input  wire                                       bank,    // of two
    output wire [BITS-1:0]                            word
);

    localparam integer ROW_LOG  = (BITS > 16) ? 5 : (BITS > 1) ? $clog2(BITS) : 0;   // of the bits that a row takes of an image word
    localparam integer LANE_LOG = (ONE_PORT != 0 && ROW_LOG < 4) ? 4 : ROW_LOG;      // of those that are written at once
    localparam integer LANE     = 1 << LANE_LOG;
    localparam integer PER      = 32 >> LANE_LOG;            // writes of an image word
    localparam integer PARTS    = (BITS + 31) / 32;          // image words of a row
    localparam integer SIDE_LOG = LANE_LOG - ROW_LOG;
    localparam integer SIDE     = 1 << SIDE_LOG;             // rows side by side in a word of the memory
    localparam integer WORDS    = (ROWS*PARTS + SIDE*PER - 1) / (SIDE*PER);
    localparam integer M_ROWS   = (ROWS + SIDE - 1) / SIDE;  // words of the memory
    localparam integer M_BITS   = (SIDE > 1) ? LANE : BITS;
    localparam integer ROW_LAST = M_ROWS - 1;
    localparam integer ROW_BITS = (M_ROWS > 1) ? $clog2(M_ROWS) : 1;
    localparam integer N_BITS   = $clog2(WORDS + 1);
    localparam integer FOLLOW   = WORDS - 1;                 // image words behind the first one
    localparam integer STEPS    = (PER > PARTS) ? PER : PARTS;
    localparam integer STEP_BITS = (STEPS > 1) ? $clog2(STEPS) : 1;
    localparam integer STEP_LAST = STEPS - 1;

    generate
        if (ROWS < 1 || BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (ONE_PORT < 0 || ONE_PORT > 1)
            begin : g_rule_port  wire ONE_PORT_is_0_or_1 = {0{1'b0}};  initial $finish;  end
        if (BANKS < 1 || BANKS > 2)
            begin : g_rule_banks wire BANKS_is_1_or_2 = {0{1'b0}};  initial $finish;  end
        if (READ < 0 || READ > 1)
            begin : g_rule_read  wire READ_is_0_or_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- chain
    reg  [N_BITS-1:0] left;      // image words that are still to come
    reg               passed;    // a word of this image has left
    wire              more = (left != {N_BITS{1'b0}});
    wire              reading = (READ != 0) && read_back;
    wire              take = s_load_tvalid && !reading && (s_load_tfirst || more);

    // ---------------------------------------------------------------- read back
    // The rows of a narrow memory are read one after another into the word that leaves, from its top.
    reg         begun;       // rows are counted from the first one on
    reg         all;         // all of them have been asked for
    reg         fill;        // the row of this clock's address is one of the word that was asked for
    reg         fill_q, gone_q, last_q;   // its contents are here; there was none; it is the last of the word
    wire        ask    = reading && s_load_tvalid && s_load_tfirst && !all;
    wire        walks  = (PER > 1) ? fill : ask;
    wire        enters = (PER > 1) ? fill_q : ask;
    wire        answer = (PER > 1) ? last_q : ask;
    wire        opens  = reading && !begun;
    wire [31:0] entered;

    // ---------------------------------------------------------------- write
    // A row a clock out of an image word that holds several, or a part of a row out of each word.
    reg                 we;
    reg [ROW_BITS-1:0]  w_row;
    reg [STEP_BITS-1:0] step;    // row in the image word, or part of the row
    wire step_last = (step == STEP_LAST[STEP_BITS-1:0]);
    wire row_last  = (w_row == ROW_LAST[ROW_BITS-1:0]);
    wire row_next  = (PER > 1) || step_last;
    wire word_done = (PER == 1) || step_last || row_last;

    always @(posedge clk) begin
        if (enters)             m_load_tdata <= entered;
        else if (s_load_tvalid) m_load_tdata <= s_load_tdata;
        else if (we)            m_load_tdata <= m_load_tdata >> (LANE % 32);   // the next row to the lowest bits
        m_load_tvalid <= (s_load_tvalid && !take && !ask) || answer;
        m_load_tfirst <= reading ? s_load_tvalid && s_load_tfirst && !ask : !passed;
        if (s_load_tvalid && !reading) passed <= !take;
        if (take) left <= s_load_tfirst ? FOLLOW[N_BITS-1:0] : left - 1'b1;

        we <= take || (we && !word_done);
        if ((take && s_load_tfirst) || opens) begin
            w_row <= {ROW_BITS{1'b0}};
            step  <= {STEP_BITS{1'b0}};
        end else if (we || walks) begin
            if (row_next) w_row <= w_row + 1'b1;
            step <= step_last ? {STEP_BITS{1'b0}} : step + 1'b1;
        end

        begun  <= reading;
        all    <= !opens && (all || (walks && row_next && row_last));
        fill   <= (PER > 1) && (ask || (fill && !step_last));
        fill_q <= fill;
        gone_q <= all;
        last_q <= fill && step_last;
        if (rst) begin
            m_load_tvalid <= 1'b0;
            left          <= {N_BITS{1'b0}};
            passed        <= 1'b0;
            we            <= 1'b0;
            begun         <= 1'b0;
            fill          <= 1'b0;
            fill_q        <= 1'b0;
            last_q        <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- memory
    localparam integer A_BITS = (ROWS > 1) ? $clog2(ROWS) : 1;
    localparam integer BANK_BITS = (M_ROWS > 1) ? ROW_BITS + 1 : 1;
    wire [M_BITS-1:0]   read;      // what was read in the clock before
    wire [ROW_BITS-1:0] r_row;
    wire                unused_bank = &{1'b0, bank};
    genvar i, b;
    generate
        for (i = 0; i < PARTS; i = i + 1) begin : g_part
            localparam integer WIDTH = (i == PARTS - 1) ? M_BITS - 32*i : 32;
            wire here = we && ((PARTS == 1) || (step == i[STEP_BITS-1:0]));
            if (ONE_PORT == 0 && BANKS == 1) begin : g_two
                // No frame is inside while the memory is written; told so, tools spend no logic on that case.
                (* no_rw_check, ramstyle = "no_rw_check" *)
                reg [WIDTH-1:0] memory [0:M_ROWS-1];
                reg [WIDTH-1:0] word_q;
                always @(posedge clk) begin
                    if (here) memory[w_row] <= m_load_tdata[WIDTH-1:0];
                    word_q <= memory[r_row];
                end
                assign read[32*i +: WIDTH] = word_q;
            end
            if (ONE_PORT == 0 && BANKS == 2) begin : g_two_banks
                // Rows of both banks in turn: any number of rows fills the memory. Its addresses are never the same.
                (* no_rw_check, ramstyle = "no_rw_check" *)
                reg [WIDTH-1:0] memory [0:2*M_ROWS-1];
                reg [WIDTH-1:0] word_q;
                wire [ROW_BITS:0] w_at = {w_row, !bank};
                wire [ROW_BITS:0] r_at = {r_row, bank};
                always @(posedge clk) begin
                    if (here) memory[w_at[BANK_BITS-1:0]] <= m_load_tdata[WIDTH-1:0];
                    word_q <= memory[r_at[BANK_BITS-1:0]];
                end
                if (M_ROWS == 1) begin : g_unused
                    wire unused_row = &{1'b0, w_at[ROW_BITS], r_at[ROW_BITS]};
                end
                assign read[32*i +: WIDTH] = word_q;
            end
            if (ONE_PORT != 0 && BANKS == 2) begin : g_one_banks
                wire [2*WIDTH-1:0] words;
                reg                bank_q;
                always @(posedge clk) bank_q <= bank;
                for (b = 0; b < 2; b = b + 1) begin : g_bank
                    wire                own = (bank != b[0]);      // it is the one that is written
                    wire [ROW_BITS-1:0] at  = (we && own) ? w_row : r_row;
                    (* ram_style = "huge" *)
                    reg [WIDTH-1:0] memory [0:M_ROWS-1];
                    reg [WIDTH-1:0] word_q;
                    always @(posedge clk) begin
                        if (here && own) memory[at] <= m_load_tdata[WIDTH-1:0];
                        else             word_q <= memory[at];
                    end
                    assign words[b*WIDTH +: WIDTH] = word_q;
                end
                assign read[32*i +: WIDTH] = bank_q ? words[WIDTH +: WIDTH] : words[0 +: WIDTH];
            end
            if (ONE_PORT != 0 && BANKS == 1) begin : g_one
                wire [ROW_BITS-1:0] at = we ? w_row : r_row;
                // Yosys takes "huge" for an SPRAM where the device has any.
                (* ram_style = "huge" *)
                reg [WIDTH-1:0] memory [0:M_ROWS-1];
                reg [WIDTH-1:0] word_q;
                always @(posedge clk) begin
                    if (here) memory[at] <= m_load_tdata[WIDTH-1:0];
                    else      word_q <= memory[at];
                end
                assign read[32*i +: WIDTH] = word_q;
            end
        end
        if (PER > 1) begin : g_fill
            wire [LANE-1:0] lane_in;
            if (M_BITS < LANE) begin : g_pad
                assign lane_in = {{(LANE-M_BITS){1'b0}}, gone_q ? {M_BITS{1'b0}} : read};
            end
            if (M_BITS == LANE) begin : g_whole
                assign lane_in = gone_q ? {M_BITS{1'b0}} : read;
            end
            assign entered = {lane_in, m_load_tdata[31:LANE % 32]};
        end
        if (PER == 1) begin : g_slice
            wire [32*PARTS-1:0] wide;
            if (M_BITS < 32*PARTS) begin : g_pad
                assign wide = {{(32*PARTS-M_BITS){1'b0}}, read};
            end
            if (M_BITS == 32*PARTS) begin : g_whole
                assign wide = read;
            end
            if (PARTS == 1) begin : g_one_part
                assign entered = wide;
            end
            if (PARTS > 1) begin : g_parts
                assign entered = wide[{step, 5'd0} +: 32];
            end
            wire unused_fill = &{1'b0, fill, fill_q, gone_q, last_q};
        end
        if (SIDE == 1 && M_ROWS == 1) begin : g_single
            wire unused_single = &{1'b0, row};
            assign r_row = 1'b0;
            assign word  = read;
        end
        if (SIDE == 1 && M_ROWS > 1) begin : g_own
            assign r_row = reading ? w_row : row;
            assign word  = read;
        end
        if (SIDE > 1 && M_ROWS == 1) begin : g_few
            reg [A_BITS-1:0] lane;
            always @(posedge clk) lane <= row;
            assign r_row = 1'b0;
            wire [LANE-1:0] shifted = read >> {lane, {ROW_LOG{1'b0}}};
            assign word = shifted[BITS-1:0];
            if (BITS < LANE) begin : g_unused
                wire unused_read = &{1'b0, shifted[LANE-1:BITS]};
            end
        end
        if (SIDE > 1 && M_ROWS > 1) begin : g_side
            reg [SIDE_LOG-1:0] lane;
            always @(posedge clk) lane <= row[SIDE_LOG-1:0];
            assign r_row = reading ? w_row : row[A_BITS-1:SIDE_LOG];
            wire [LANE-1:0] shifted = read >> {lane, {ROW_LOG{1'b0}}};
            assign word = shifted[BITS-1:0];
            if (BITS < LANE) begin : g_unused
                wire unused_read = &{1'b0, shifted[LANE-1:BITS]};
            end
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // Words come PER clocks apart.
    reg [5:0] since;
    always @(posedge clk) since <= (rst || !s_load_tvalid) ? ((since == 6'd63 || rst) ? 6'd63 : since + 1'b1) : 6'd1;
    always @* if (seen_clk && !rst && s_load_tvalid) assume (since >= PER);

    // The image word whose number is tag: where it must be once the image is here.
    localparam integer TAG_BITS = N_BITS + 2;
    (* anyconst *) wire [TAG_BITS-1:0] tag;
    reg [TAG_BITS-1:0] count;       // words since tfirst
    reg [31:0]         tagged;
    reg                has;
    reg [TAG_BITS-1:0] sent;        // words that have left
    wire [TAG_BITS-1:0] number = s_load_tfirst ? {TAG_BITS{1'b0}} : count;
    wire loads = s_load_tvalid && !reading;
    always @* if (seen_clk && !rst && loads && !s_load_tfirst) assume (count != {TAG_BITS{1'b1}});
    // Nothing comes before an image opens.
    reg open;
    always @* if (seen_clk && !rst && loads && !open) assume (s_load_tfirst);
    always @(posedge clk) begin
        if (loads) begin
            open  <= 1'b1;
            count <= number + 1'b1;
            if (number == tag) begin
                tagged <= s_load_tdata;
                has    <= 1'b1;
            end else if (s_load_tfirst) has <= 1'b0;
        end
        if (rst) begin
            open  <= 1'b0;
            count <= {TAG_BITS{1'b0}};
            has   <= 1'b0;
        end
    end
    wire is_own = seen_clk && !rst && open && has && tag < WORDS && left == 0 && !we;
    wire is_next = seen_clk && !rst && open && has && tag >= WORDS;
    // The bank that is read rests, and loading leaves it.
    (* anyconst *) wire steady;
    always @* assume (bank == steady);
    (* anyconst *) wire [ROW_BITS-1:0] kept;
    genvar f;
    generate
        if (BANKS == 2 && ONE_PORT == 0) begin : g_kept
            always @(posedge clk) if (seen_clk && !$past(rst) && kept < M_ROWS)
                assert ($stable(g_part[0].g_two_banks.memory[{kept, bank}]));
        end
        if (BANKS == 2 && ONE_PORT != 0) begin : g_kept_one
            always @(posedge clk) if (seen_clk && !$past(rst) && kept < M_ROWS && bank)
                assert ($stable(g_part[0].g_one_banks.g_bank[1].memory[kept]));
            always @(posedge clk) if (seen_clk && !$past(rst) && kept < M_ROWS && !bank)
                assert ($stable(g_part[0].g_one_banks.g_bank[0].memory[kept]));
        end
        if (PER > 1) begin : g_narrow
            for (f = 0; f < PER; f = f + 1) begin : g_row
                wire [31:0] at = tag*PER + f;
                if (ONE_PORT == 0 && BANKS == 1) begin : g_check
                    always @* if (is_own && at < M_ROWS)
                        assert (g_part[0].g_two.memory[at[ROW_BITS-1:0]] == tagged[f*LANE +: M_BITS]);
                end
                if (ONE_PORT == 0 && BANKS == 2) begin : g_check_banks
                    always @* if (is_own && at < M_ROWS)
                        assert (g_part[0].g_two_banks.memory[{at[ROW_BITS-1:0], !bank}] == tagged[f*LANE +: M_BITS]);
                end
                if (ONE_PORT != 0 && BANKS == 2) begin : g_check_one_banks
                    always @* if (is_own && at < M_ROWS && bank)
                        assert (g_part[0].g_one_banks.g_bank[0].memory[at[ROW_BITS-1:0]] == tagged[f*LANE +: M_BITS]);
                    always @* if (is_own && at < M_ROWS && !bank)
                        assert (g_part[0].g_one_banks.g_bank[1].memory[at[ROW_BITS-1:0]] == tagged[f*LANE +: M_BITS]);
                end
                if (ONE_PORT != 0 && BANKS == 1) begin : g_check_one
                    always @* if (is_own && at < M_ROWS)
                        assert (g_part[0].g_one.memory[at[ROW_BITS-1:0]] == tagged[f*LANE +: M_BITS]);
                end
            end
        end
        if (PER == 1) begin : g_wide
            for (f = 0; f < PARTS; f = f + 1) begin : g_slice
                wire [31:0] at = tag / PARTS;
                if (ONE_PORT == 0 && BANKS == 1) begin : g_check
                    always @* if (is_own && (tag % PARTS) == f)
                        assert (g_part[f].g_two.memory[at[ROW_BITS-1:0]] == tagged[g_part[f].WIDTH-1:0]);
                end
                if (ONE_PORT == 0 && BANKS == 2) begin : g_check_banks
                    always @* if (is_own && (tag % PARTS) == f)
                        assert (g_part[f].g_two_banks.memory[{at[ROW_BITS-1:0], !bank}] == tagged[g_part[f].WIDTH-1:0]);
                end
                if (ONE_PORT != 0 && BANKS == 2) begin : g_check_one_banks
                    always @* if (is_own && (tag % PARTS) == f && bank)
                        assert (g_part[f].g_one_banks.g_bank[0].memory[at[ROW_BITS-1:0]] == tagged[g_part[f].WIDTH-1:0]);
                    always @* if (is_own && (tag % PARTS) == f && !bank)
                        assert (g_part[f].g_one_banks.g_bank[1].memory[at[ROW_BITS-1:0]] == tagged[g_part[f].WIDTH-1:0]);
                end
                if (ONE_PORT != 0 && BANKS == 1) begin : g_check_one
                    always @* if (is_own && (tag % PARTS) == f)
                        assert (g_part[f].g_one.memory[at[ROW_BITS-1:0]] == tagged[g_part[f].WIDTH-1:0]);
                end
            end
        end
    endgenerate

    // Read back: when nothing is written, a word at a time, two clocks apart.
    reg                apart, waits, q_reading;
    reg [TAG_BITS-1:0] given;       // words since the rise of read_back
    always @(posedge clk) begin
        q_reading <= reading;
        apart <= reading && q_reading && !s_load_tvalid;
        if (m_load_tvalid || !reading) waits <= 1'b0;
        if (ask) waits <= 1'b1;
        if (!reading || rst) given <= {TAG_BITS{1'b0}};
        else if (ask && given != {TAG_BITS{1'b1}}) given <= given + 1'b1;
        if (rst) {q_reading, apart, waits} <= 3'b000;
    end
    always @* if (seen_clk && !rst) begin
        if (reading && !q_reading) assume (!we && !more && !m_load_tvalid && since >= PER);
        if (reading && s_load_tvalid) assume (apart && (!waits || m_load_tvalid));
        if (waits || fill || fill_q || m_load_tvalid) assume (reading == q_reading);
    end
    wire [TAG_BITS-1:0] gave = given - 1'b1;
    wire                shows = seen_clk && !rst && reading && m_load_tvalid && !m_load_tfirst && waits && gave == tag;
    generate
        for (f = 0; f < PER && READ != 0; f = f + 1) begin : g_shows
            wire [31:0] at = (PER > 1) ? tag*PER + f : tag / PARTS;
            wire [31:0] got = (PER > 1) ? m_load_tdata >> (f*(LANE % 32)) : m_load_tdata;
            wire [31:0] none = (PER > 1) ? (got & ((32'd1 << LANE) - 32'd1)) : 32'd0;
            always @* if (shows && at >= M_ROWS) assert (none == 32'd0);
            if (PER > 1 && ONE_PORT == 0 && BANKS == 1) begin : g_two_shows
                always @* if (shows && at < M_ROWS) assert (none == g_part[0].g_two.memory[at[ROW_BITS-1:0]]);
            end
            if (PER > 1 && ONE_PORT == 0 && BANKS == 2) begin : g_two_banks_shows
                always @* if (shows && at < M_ROWS) assert (none == g_part[0].g_two_banks.memory[{at[ROW_BITS-1:0], bank}]);
            end
            if (PER > 1 && ONE_PORT != 0 && BANKS == 1) begin : g_one_shows
                always @* if (shows && at < M_ROWS) assert (none == g_part[0].g_one.memory[at[ROW_BITS-1:0]]);
            end
        end
        for (f = 0; f < PARTS && READ != 0 && PER == 1; f = f + 1) begin : g_shows_part
            wire [31:0] at = tag / PARTS;
            if (ONE_PORT == 0 && BANKS == 1) begin : g_two_shows
                always @* if (shows && tag % PARTS == f) assert (m_load_tdata == g_part[f].g_two.memory[at[ROW_BITS-1:0]]);
            end
            if (ONE_PORT == 0 && BANKS == 2) begin : g_two_banks_shows
                always @* if (shows && tag % PARTS == f) assert (m_load_tdata == g_part[f].g_two_banks.memory[{at[ROW_BITS-1:0], bank}]);
            end
            if (ONE_PORT != 0 && BANKS == 1) begin : g_one_shows
                always @* if (shows && tag % PARTS == f) assert (m_load_tdata == g_part[f].g_one.memory[at[ROW_BITS-1:0]]);
            end
        end
    endgenerate
    // What is not answered passes: other memories' words, and requests once all words have been given.
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst && $past(reading)) begin
        if ($past(s_load_tvalid && (!s_load_tfirst || given == WORDS))) begin
            assert (m_load_tvalid && m_load_tdata == $past(s_load_tdata) && m_load_tfirst == $past(s_load_tfirst));
        end else if (m_load_tvalid) assert (!m_load_tfirst && waits);
        if ($past(s_load_tvalid && s_load_tfirst && given < WORDS)) assert (given == $past(given) + 1'b1);
    end
    always @(posedge clk) if (seen_clk && !rst) begin
        cover (READ == 0 || (shows && tag == WORDS - 1));
        cover (READ == 0 || (reading && m_load_tvalid && m_load_tfirst && given == WORDS));
    end

    // Every word behind the own ones leaves once, a clock later, the first of them with tfirst.
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst && !$past(reading)) begin
        assert (m_load_tvalid == $past(s_load_tvalid && number >= WORDS));
        if (m_load_tvalid) begin
            assert (m_load_tdata == $past(s_load_tdata));
            assert (m_load_tfirst == ($past(number) == WORDS));
        end
    end
    always @* if (seen_clk && !rst) begin
        assert (!open || left == ((count < WORDS) ? WORDS - count : 0));
        assert (open || (left == 0 && !we));
        assert (!open || passed == (count > WORDS));
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (is_own && tag == WORDS - 1 && count == WORDS);
        cover (m_load_tvalid && m_load_tfirst);
        cover (m_load_tvalid && !m_load_tfirst);
    end
`endif

endmodule

`default_nettype wire
