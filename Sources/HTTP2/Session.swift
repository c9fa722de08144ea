internal import CNGHTTP2
internal import NIOCore

/// What the session wants sent next for one stream's body.
enum OutputStep {
    /// This many bytes (at least 1) and more may follow.
    case bytes(Int)
    /// The last bytes (0 allowed); the stream ends after them.
    case last(Int)
    /// The last bytes (0 allowed), then trailers end the stream.
    case lastThenTrailers(Int, Headers)
    /// Nothing now; `Session.resume` will be called.
    case later
}

/// Which part of a message a header block is.
enum HeaderCategory {
    case request
    case response
    /// Trailers, or a final response after an interim one.
    case following
}

enum HeaderVerdict {
    case accepted
    /// The connection is abusive; stop it.
    case abort
}

/// What a session tells its owner. Called only while `receive` or `pull` runs.
protocol SessionEvents: AnyObject {
    func headersBegan(_ stream: Int32, _ category: HeaderCategory)
    func header(
        _ stream: Int32, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> HeaderVerdict
    func headersEnded(_ stream: Int32, _ category: HeaderCategory)
    func bodyReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer)
    func remoteEnded(_ stream: Int32)
    func streamClosed(_ stream: Int32, _ code: ErrorCode)
    func settingsReceived()
    func pingAcknowledged()
    func goAwayReceived(lastStream: Int32, _ code: ErrorCode)
    func peerViolated()
    func nextOutput(_ stream: Int32, atMost: Int) -> OutputStep
    func takeOutput(_ stream: Int32, count: Int, into output: inout ByteBuffer)
    /// A frame with END_STREAM was written to `output`.
    func endSent(_ stream: Int32)
}

/// The bytes or calls made the session unusable; the connection must be closed.
struct SessionFailure: Error, Equatable {
    /// The nghttp2 error number, negative.
    var number: Int32
}

/// Everything fixed when a session is made.
struct SessionSettings {
    var isServer: Bool
    var maxConcurrentStreams: UInt32
    var streamWindow: UInt32
    var connectionWindow: UInt32
    var maxHeaderListBytes: UInt32
    var maxOutboundAcknowledgements: Int = 200
    var maxSettingsEntries: Int = 32
    var maxContinuations: Int = 8
    var resetBurst: UInt64 = 200
    var resetsPerSecond: UInt64 = 50
}

/// Owns one nghttp2 session: frames, HPACK and flow control of one connection.
///
/// Confined to the event loop of its connection (it is not `Sendable`). This file is the only one
/// that touches nghttp2 pointers.
final class Session {
    /// What a client sends before its first frame.
    static let clientMagicBytes = 24
    private let raw: OpaquePointer
    /// The owner, which lives as long as its session.
    fileprivate unowned(unsafe) let events: any SessionEvents
    /// Bytes ready for the transport; the owner writes and clears it.
    fileprivate(set) var output: ByteBuffer
    /// `pull` stops adding DATA frames beyond this many bytes, so one batch stays bounded.
    fileprivate var outputGoal = 0
    /// The limit of streams that our first SETTINGS are still to announce.
    private var announcedStreams: UInt32?
    private var fields = FieldList()

    init(_ settings: SessionSettings, events: any SessionEvents) {
        self.events = events
        output = ByteBufferAllocator().buffer(capacity: 4096)
        raw = Self.makeRaw(settings)
        nghttp2_session_set_user_data(raw, Unmanaged.passUnretained(self).toOpaque())
        submitSettings(settings)
    }

    deinit {
        nghttp2_session_del(raw)
    }

    private static func makeRaw(_ settings: SessionSettings) -> OpaquePointer {
        var option: OpaquePointer?
        precondition(nghttp2_option_new(&option) == 0, "out of memory")
        defer { nghttp2_option_del(option) }
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_no_closed_streams(option, 1)
        nghttp2_option_set_max_outbound_ack(option, settings.maxOutboundAcknowledgements)
        nghttp2_option_set_max_settings(option, settings.maxSettingsEntries)
        nghttp2_option_set_max_continuations(option, settings.maxContinuations)
        nghttp2_option_set_stream_reset_rate_limit(
            option, settings.resetBurst, settings.resetsPerSecond)
        let callbacks = makeCallbacks()
        defer { nghttp2_session_callbacks_del(callbacks) }
        var raw: OpaquePointer?
        let code =
            settings.isServer
            ? nghttp2_session_server_new2(&raw, callbacks, nil, option)
            : nghttp2_session_client_new2(&raw, callbacks, nil, option)
        guard code == 0, let raw else { preconditionFailure("out of memory") }
        return raw
    }

    private func submitSettings(_ settings: SessionSettings) {
        func entry(_ id: nghttp2_settings_id, _ value: UInt32) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: value)
        }
        var entries = [
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.streamWindow),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.maxHeaderListBytes),
        ]
        if settings.isServer {
            entries.append(
                entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, UInt32(Int32.max)))
            announcedStreams = settings.maxConcurrentStreams
            // The old priority tree costs time on every stream and no client needs it here.
            entries.append(entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1))
        } else {
            entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
        }
        let code = nghttp2_submit_settings(raw, 0, entries, entries.count)
        precondition(code == 0, "invalid HTTP/2 settings")
        nghttp2_session_set_local_window_size(raw, 0, 0, Int32(settings.connectionWindow))
    }

    // MARK: Bytes

    /// Feeds bytes from the peer. Throws when the connection cannot continue.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(SessionFailure) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        let start = base.assumingMemoryBound(to: UInt8.self)
        let used = nghttp2_session_mem_recv(raw, start, bytes.count)
        if used < 0 { throw SessionFailure(number: Int32(used)) }
    }

    /// Appends frames to `output` until it holds about `goal` bytes or nothing is left.
    func pull(goal: Int) throws(SessionFailure) {
        outputGoal = goal
        while output.readableBytes < goal {
            var frame: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(raw, &frame)
            if count < 0 { throw SessionFailure(number: Int32(count)) }
            guard count > 0, let frame else { return }
            let start = output.writerIndex
            output.writeBytes(UnsafeRawBufferPointer(start: frame, count: count))
            if let streams = announcedStreams { announce(streams, inFrameAt: start, count) }
        }
    }

    /// Puts the true limit of streams into our SETTINGS, the first frame that goes out.
    ///
    /// The library ends the connection of a peer that opens more streams than it has announced,
    /// where RFC 9113 §5.1.2 wants the stream refused. So the library knows no limit, the peer
    /// learns the true one, and the owner of the session refuses what exceeds it.
    private func announce(_ streams: UInt32, inFrameAt start: Int, _ count: Int) {
        announcedStreams = nil
        let id = UInt16(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue)
        for entry in stride(from: start + 9, to: start + count, by: 6)
        where output.getInteger(at: entry, as: UInt16.self) == id {
            output.setInteger(streams, at: entry + 2)
        }
    }

    /// Empties `output` after the owner took it; storage is reused when nobody else holds it.
    func clearOutput() {
        // One huge batch must not pin its storage for the life of an idle connection.
        if output.capacity > 262_144 {
            output = ByteBufferAllocator().buffer(capacity: 4096)
        } else {
            output.clear()
        }
    }

    var wantsRead: Bool { nghttp2_session_want_read(raw) != 0 }
    var wantsWrite: Bool { nghttp2_session_want_write(raw) != 0 }
    /// Frames waiting inside nghttp2, DATA excluded.
    var queuedFrames: Int { nghttp2_session_get_outbound_queue_size(raw) }

    var peerMaxConcurrentStreams: Int {
        Int(
            nghttp2_session_get_remote_settings(raw, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    var canSubmitRequest: Bool { nghttp2_session_check_request_allowed(raw) != 0 }

    // MARK: Streams

    /// Sends a response head, and lets `nextOutput` supply a body when `hasBody`.
    func respond(_ stream: Int32, _ head: ResponseHead, hasBody: Bool) {
        fields.begin()
        fields.add(":status", String(head.status))
        fields.add(head.headers)
        fields.withFields { fields, count in
            // A failure means the stream is already gone: an expected race, so it is dropped.
            if hasBody {
                var provider = Self.provider
                _ = nghttp2_submit_response(raw, stream, fields, count, &provider)
            } else {
                _ = nghttp2_submit_response(raw, stream, fields, count, nil)
            }
        }
    }

    /// Sends a head that another one follows, such as 100.
    func inform(_ stream: Int32, status: Int) {
        fields.begin()
        fields.add(":status", String(status))
        fields.withFields { fields, count in
            let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
            _ = nghttp2_submit_headers(raw, flags, stream, nil, fields, count, nil)
        }
    }

    /// Starts a request and returns its stream, or nil when no more can be started.
    func request(_ head: RequestHead, hasBody: Bool) -> Int32? {
        fields.begin()
        fields.add(":method", head.method)
        fields.add(":scheme", head.scheme)
        if !head.authority.isEmpty { fields.add(":authority", head.authority) }
        fields.add(":path", head.query.map { "\(head.path)?\($0)" } ?? head.path)
        fields.add(head.headers)
        var stream: Int32 = -1
        fields.withFields { fields, count in
            if hasBody {
                var provider = Self.provider
                stream = nghttp2_submit_request(raw, nil, fields, count, &provider, nil)
            } else {
                stream = nghttp2_submit_request(raw, nil, fields, count, nil, nil)
            }
        }
        return stream > 0 ? stream : nil
    }

    fileprivate func sendTrailers(_ stream: Int32, _ trailers: Headers) {
        fields.begin()
        fields.add(trailers)
        fields.withFields { fields, count in
            _ = nghttp2_submit_trailer(raw, stream, fields, count)
        }
    }

    /// Wakes a stream whose `nextOutput` answered `.later`.
    func resume(_ stream: Int32) {
        _ = nghttp2_session_resume_data(raw, stream)
    }

    func reset(_ stream: Int32, _ code: ErrorCode) {
        _ = nghttp2_submit_rst_stream(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code.rawValue)
    }

    /// Gives `count` consumed bytes back to the stream's and the connection's window.
    func consume(_ stream: Int32, _ count: Int) {
        _ = nghttp2_session_consume(raw, stream, count)
    }

    /// Changes the most bytes of a stream's body that the peer may have under way.
    func setWindow(_ stream: Int32, _ bytes: Int) {
        _ = nghttp2_session_set_local_window_size(raw, 0, stream, Int32(bytes))
    }

    /// Gives bytes of a stream that no longer exists back to the connection's window.
    func consumeConnection(_ count: Int) {
        _ = nghttp2_session_consume_connection(raw, count)
    }

    // MARK: Ending

    /// Queues GOAWAY with `code`; the session wants nothing more once it is sent.
    func terminate(_ code: ErrorCode) {
        _ = nghttp2_session_terminate_session(raw, code.rawValue)
    }

    /// First step of a graceful end: GOAWAY that still accepts streams, and a PING to time it.
    func announceShutdown() {
        _ = nghttp2_submit_shutdown_notice(raw)
        _ = nghttp2_submit_ping(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    }

    /// Second step: GOAWAY naming the last accepted stream; later ones are ignored.
    func refuseNewStreams() {
        let last = nghttp2_session_get_last_proc_stream_id(raw)
        _ = nghttp2_submit_goaway(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, 0, nil, 0)
    }

    // MARK: Field lists

    private static var provider: nghttp2_data_provider {
        nghttp2_data_provider(source: nghttp2_data_source(ptr: nil), read_callback: readOutput)
    }
}

/// The fields of one head, as the library takes them. Their storage serves the next head too.
private struct FieldList {
    private var arena: [UInt8] = []
    private var spans: [(start: Int, name: Int, value: Int, secret: Bool)] = []

    mutating func begin() {
        arena.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }

    mutating func add(_ headers: Headers) {
        for field in headers { add(field.name, field.value) }
    }

    mutating func add(_ name: String, _ value: String) {
        let start = arena.count
        arena.append(contentsOf: name.utf8)
        let nameLength = arena.count - start
        arena.append(contentsOf: value.utf8)
        // Credentials must not enter the shared HPACK table of a proxy on the way (RFC 7541 §7.1).
        let secret = name == "authorization" || name == "cookie"
        spans.append((start, nameLength, arena.count - start - nameLength, secret))
    }

    mutating func withFields(_ body: (UnsafePointer<nghttp2_nv>, Int) -> Void) {
        arena.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: spans.count) { list in
                for (index, span) in spans.enumerated() {
                    let flags = span.secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE
                    list.initializeElement(
                        at: index,
                        to: nghttp2_nv(
                            name: base + span.start, value: base + span.start + span.name,
                            namelen: span.name, valuelen: span.value,
                            flags: UInt8(flags.rawValue)))
                }
                guard let fields = list.baseAddress else { return }
                body(UnsafePointer(fields), spans.count)
            }
        }
    }
}

// MARK: - Callbacks

/// The session behind a callback's user data. nghttp2 calls back only inside `receive` and `pull`,
/// whose caller holds the session, so the unretained reference is alive.
private func session(_ user: UnsafeMutableRawPointer?) -> Session {
    guard let user else { preconditionFailure("callback without a session") }
    return Unmanaged<Session>.fromOpaque(user).takeUnretainedValue()
}

private func category(_ frame: nghttp2_headers) -> HeaderCategory {
    switch frame.cat {
    case NGHTTP2_HCAT_REQUEST: .request
    case NGHTTP2_HCAT_RESPONSE: .response
    default: .following
    }
}

private func makeCallbacks() -> OpaquePointer? {
    var callbacks: OpaquePointer?
    precondition(nghttp2_session_callbacks_new(&callbacks) == 0, "out of memory")
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
        guard let frame else { return 0 }
        session(user).events.headersBegan(
            frame.pointee.hd.stream_id, category(frame.pointee.headers))
        return 0
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
        _, frame, name, nameLength, value, valueLength, _, user in
        guard let frame else { return 0 }
        let verdict = session(user).events.header(
            frame.pointee.hd.stream_id,
            UnsafeBufferPointer(start: name, count: nameLength),
            UnsafeBufferPointer(start: value, count: valueLength))
        return verdict == .abort ? NGHTTP2_ERR_CALLBACK_FAILURE.rawValue : 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
        if let frame { frameReceived(session(user), frame.pointee) }
        return 0
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, _, _, user in
        session(user).events.peerViolated()
        return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
        _, _, stream, data, length, user in
        session(user).events.bodyReceived(
            stream, UnsafeRawBufferPointer(start: data, count: length))
        return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, user in
        session(user).events.streamClosed(stream, ErrorCode(rawValue: code))
        return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
        guard let header = frame?.pointee.hd else { return 0 }
        let mayEnd =
            header.type == UInt8(NGHTTP2_DATA.rawValue)
            || header.type == UInt8(NGHTTP2_HEADERS.rawValue)
        if mayEnd && UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 {
            session(user).events.endSent(header.stream_id)
        }
        return 0
    }
    nghttp2_session_callbacks_set_send_data_callback(callbacks) {
        _, frame, header, length, _, user in
        guard let frame, let header else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        let session = session(user)
        session.output.writeBytes(UnsafeRawBufferPointer(start: header, count: 9))
        session.events.takeOutput(
            frame.pointee.hd.stream_id, count: length, into: &session.output)
        return 0
    }
    return callbacks
}

private func frameReceived(_ session: Session, _ frame: nghttp2_frame) {
    let events = session.events
    let header = frame.hd
    let flags = UInt32(header.flags)
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_HEADERS:
        events.headersEnded(header.stream_id, category(frame.headers))
        if flags & NGHTTP2_FLAG_END_STREAM.rawValue != 0 { events.remoteEnded(header.stream_id) }
    case NGHTTP2_DATA:
        if flags & NGHTTP2_FLAG_END_STREAM.rawValue != 0 { events.remoteEnded(header.stream_id) }
    case NGHTTP2_SETTINGS:
        if flags & NGHTTP2_FLAG_ACK.rawValue == 0 { events.settingsReceived() }
    case NGHTTP2_PING:
        if flags & NGHTTP2_FLAG_ACK.rawValue != 0 { events.pingAcknowledged() }
    case NGHTTP2_GOAWAY:
        events.goAwayReceived(
            lastStream: frame.goaway.last_stream_id,
            ErrorCode(rawValue: frame.goaway.error_code))
    default:
        break
    }
}

private func readOutput(
    _: OpaquePointer?, _ stream: Int32, _: UnsafeMutablePointer<UInt8>?, _ length: Int,
    _ flags: UnsafeMutablePointer<UInt32>?, _: UnsafeMutablePointer<nghttp2_data_source>?,
    _ user: UnsafeMutableRawPointer?
) -> Int {
    let session = session(user)
    if session.output.readableBytes >= session.outputGoal {
        return Int(NGHTTP2_ERR_PAUSE.rawValue)
    }
    let end = NGHTTP2_DATA_FLAG_EOF.rawValue
    var set = NGHTTP2_DATA_FLAG_NO_COPY.rawValue
    defer { flags?.pointee |= set }
    switch session.events.nextOutput(stream, atMost: length) {
    case .bytes(let count):
        return count
    case .last(let count):
        set |= end
        return count
    case .lastThenTrailers(let count, let trailers):
        set |= end | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        session.sendTrailers(stream, trailers)
        return count
    case .later:
        set = 0
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
}
