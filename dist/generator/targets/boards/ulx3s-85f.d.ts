declare const _default: {
    name: string;
    title: string;
    family: "ecp5";
    device: {
        part: string;
        pnr: {
            device: string;
            package: string;
        };
        resources: {
            lut: number;
            ff: number;
            bram: number;
            dsp: number;
        };
    };
    board: {
        source: string;
        clock: {
            pin: string;
            MHz: number;
        };
        serial: {
            rxd: string;
            txd: string;
            baud: number;
        };
        led: {
            pin: string;
        };
        button: {
            pin: string;
            pull: "down";
        };
    };
};
export default _default;
