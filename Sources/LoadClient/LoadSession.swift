internal import CNGHTTP2

/// A call under way; used again for later ones.
final class Exchange {
    fileprivate(set) var number = 0
    /// Nanoseconds of the clock that only goes forward.
    fileprivate(set) var due: UInt64 = 0
    fileprivate(set) var status = 0
    fileprivate(set) var grpcStatus: Int?
    fileprivate(set) var body: [UInt8] = []
    fileprivate var toSend: [UInt8] = []
    fileprivate var sent = 0
    /// In the list of those under way.
    fileprivate var place = 0
}

/// The client's half of one HTTP/2 connection: nghttp2's session, with windows that never close.
///
/// Belongs to one thread. This file is the only one here that touches nghttp2's pointers.
final class LoadSession {
    private let raw: OpaquePointer
    private(set) var underWay: [Exchange] = []
    private var spare: [Exchange] = []
    /// Those that have ended since ``takeEnded(_:)``.
    private var ended: [Exchange] = []
    /// Bytes for the server; the owner sends and removes them.
    var output: [UInt8] = []

    /// As `h2load` has them when it is asked for the greatest.
    private static let window: Int32 = (1 << 30) - 1

    init() {
        var callbacks: OpaquePointer?
        precondition(nghttp2_session_callbacks_new(&callbacks) == 0, "out of memory")
        defer { nghttp2_session_callbacks_del(callbacks) }
        nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData)
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onClose)
        var session: OpaquePointer?
        guard nghttp2_session_client_new(&session, callbacks, nil) == 0, let session else {
            preconditionFailure("out of memory")
        }
        raw = session
        nghttp2_session_set_user_data(raw, Unmanaged.passUnretained(self).toOpaque())
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(LoadSession.window)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
        ]
        nghttp2_submit_settings(raw, 0, settings, settings.count)
        nghttp2_session_set_local_window_size(raw, 0, 0, LoadSession.window)
    }

    deinit {
        nghttp2_session_del(raw)
    }

    /// Begins a call.
    ///
    /// - Throws: ``LoadError`` when the connection takes no more.
    func begin(_ request: LoadRequest, number: Int, due: UInt64) throws {
        let exchange = spare.popLast() ?? Exchange()
        exchange.number = number
        exchange.due = due
        exchange.status = 0
        exchange.grpcStatus = nil
        exchange.body.removeAll(keepingCapacity: true)
        exchange.toSend = request.body
        exchange.sent = 0
        exchange.place = underWay.count
        underWay.append(exchange)
        let stream = submit(request, Unmanaged.passUnretained(exchange).toOpaque())
        guard stream > 0 else {
            underWay.removeLast()
            throw LoadError("the connection takes no more calls")
        }
    }

    private func submit(_ request: LoadRequest, _ exchange: UnsafeMutableRawPointer) -> Int32 {
        request.head.bytes.withUnsafeBufferPointer { bytes in
            request.path.withUnsafeBufferPointer { path in
                pathName.withUnsafeBufferPointer { name in
                    let count = request.head.fields.count + 1
                    return withUnsafeTemporaryAllocation(
                        of: nghttp2_nv.self, capacity: count
                    ) { list in
                        for (place, field) in request.head.fields.enumerated() {
                            let start = bytes.baseAddress.map { $0 + field.start }
                            list.initializeElement(
                                at: place,
                                to: pair(
                                    start, field.nameCount, start.map { $0 + field.nameCount },
                                    field.valueCount))
                        }
                        // Fields whose names begin with a colon come first (RFC 9113 §8.3).
                        swapIn(
                            pair(name.baseAddress, name.count, path.baseAddress, path.count), list)
                        return submit(list, hasBody: !request.body.isEmpty, exchange)
                    }
                }
            }
        }
    }

    /// Puts the path in the fourth place and what was there at the end.
    private func swapIn(_ path: nghttp2_nv, _ list: UnsafeMutableBufferPointer<nghttp2_nv>) {
        let (fourth, last) = (3, list.count - 1)
        if last > fourth { list.initializeElement(at: last, to: list[fourth]) }
        list.initializeElement(at: fourth, to: path)
    }

    private func submit(
        _ list: UnsafeMutableBufferPointer<nghttp2_nv>, hasBody: Bool,
        _ exchange: UnsafeMutableRawPointer
    ) -> Int32 {
        guard hasBody else {
            return nghttp2_submit_request(raw, nil, list.baseAddress, list.count, nil, exchange)
        }
        var provider = nghttp2_data_provider(
            source: nghttp2_data_source(ptr: exchange), read_callback: readBody)
        return nghttp2_submit_request(raw, nil, list.baseAddress, list.count, &provider, exchange)
    }

    /// Takes bytes of the server.
    ///
    /// - Throws: ``LoadError`` when they break the protocol.
    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let used = nghttp2_session_mem_recv(raw, start, bytes.count)
        guard used == bytes.count else { throw LoadError("the server breaks HTTP/2") }
    }

    /// Adds all frames that are to be sent to ``output``.
    func pull() throws {
        while true {
            var frame: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(raw, &frame)
            guard count >= 0 else { throw LoadError("no frames can be made") }
            guard count > 0, let frame else { return }
            output.append(contentsOf: UnsafeBufferPointer(start: frame, count: count))
        }
    }

    /// Hands over the calls that have ended; each is used again afterwards.
    func takeEnded(_ take: (Exchange) -> Void) {
        guard !ended.isEmpty else { return }
        for exchange in ended {
            take(exchange)
            spare.append(exchange)
        }
        ended.removeAll(keepingCapacity: true)
    }

    // MARK: What the callbacks do

    /// - Parameter code: of the frame that ended the stream before its time; 0 for none.
    fileprivate func close(_ exchange: Exchange, _ code: UInt32) {
        if code != 0 { exchange.status = 0 }
        let last = underWay.removeLast()
        if last !== exchange {
            underWay[exchange.place] = last
            last.place = exchange.place
        }
        ended.append(exchange)
    }

    fileprivate static func header(
        _ exchange: Exchange, _ name: UnsafeBufferPointer<UInt8>,
        _ value: UnsafeBufferPointer<UInt8>
    ) {
        if name.elementsEqual(statusName) {
            exchange.status = number(value)
        } else if name.elementsEqual(grpcStatusName) {
            exchange.grpcStatus = number(value)
        }
    }

    private static func number(_ digits: UnsafeBufferPointer<UInt8>) -> Int {
        digits.prefix(4).reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    fileprivate static func body(_ exchange: Exchange, _ bytes: UnsafeBufferPointer<UInt8>) {
        exchange.body.append(contentsOf: bytes)
    }

    /// - Returns: how many bytes were written, and whether they are the last.
    fileprivate static func write(
        _ exchange: Exchange, _ space: UnsafeMutableBufferPointer<UInt8>
    ) -> (count: Int, isLast: Bool) {
        let count = min(space.count, exchange.toSend.count - exchange.sent)
        let piece = exchange.toSend[exchange.sent..<exchange.sent + count]
        _ = space.update(fromContentsOf: piece)
        exchange.sent += count
        return (count, exchange.sent == exchange.toSend.count)
    }
}

private let pathName = Array(":path".utf8)
private let statusName = Array(":status".utf8)
private let grpcStatusName = Array("grpc-status".utf8)

private func pair(
    _ name: UnsafePointer<UInt8>?, _ nameCount: Int, _ value: UnsafePointer<UInt8>?,
    _ valueCount: Int
) -> nghttp2_nv {
    // The library takes pointers that may be written and does not write; it copies the bytes.
    nghttp2_nv(
        name: UnsafeMutablePointer(mutating: name), value: UnsafeMutablePointer(mutating: value),
        namelen: nameCount, valuelen: valueCount, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
}

// MARK: - Callbacks

// The library calls back only while its session is in use by its owner, and for streams that are
// under way, so the references that it was given without retaining them are alive.

private func exchange(_ pointer: UnsafeMutableRawPointer?) -> Exchange? {
    pointer.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

private let onHeader: nghttp2_on_header_callback = {
    raw, frame, name, nameCount, value, valueCount, _, _ in
    guard let frame, let exchange = exchange(stream(raw, frame.pointee.hd.stream_id)) else {
        return 0
    }
    LoadSession.header(
        exchange, UnsafeBufferPointer(start: name, count: nameCount),
        UnsafeBufferPointer(start: value, count: valueCount))
    return 0
}

private let onData: nghttp2_on_data_chunk_recv_callback = { raw, _, id, bytes, count, _ in
    if let exchange = exchange(stream(raw, id)) {
        LoadSession.body(exchange, UnsafeBufferPointer(start: bytes, count: count))
    }
    return 0
}

private let onClose: nghttp2_on_stream_close_callback = { raw, id, code, user in
    guard let user, let exchange = exchange(stream(raw, id)) else { return 0 }
    Unmanaged<LoadSession>.fromOpaque(user).takeUnretainedValue().close(exchange, code)
    return 0
}

private let readBody: nghttp2_data_source_read_callback = {
    _, _, space, count, flags, source, _ in
    guard let source, let exchange = exchange(source.pointee.ptr) else { return 0 }
    let written = LoadSession.write(
        exchange, UnsafeMutableBufferPointer(start: space, count: count))
    if written.isLast { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
    return written.count
}

private func stream(_ raw: OpaquePointer?, _ id: Int32) -> UnsafeMutableRawPointer? {
    nghttp2_session_get_stream_user_data(raw, id)
}
