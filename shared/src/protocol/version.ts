/** Version of the wire protocol (docs/protocol.md). A client of another version is refused. */
export const PROTOCOL_VERSION = 1;

/** The socket.io namespace of the federation's control messages. */
export const FEDERATION_NAMESPACE = '/federation';
