declare const _default: {
    name: string;
    title: string;
    family: "ice40";
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
    };
};
export default _default;
