internal import Glibc

/// The settings of a server of one gateway.
///
/// Durability is not up for discussion: `fsync` and `full_page_writes` stay on. Everything else is
/// for a steady stream of rows that are written once.
enum ClusterSettings {
    /// The memory of the machine in MiB.
    static var machineMegabytes: Int {
        max(0, sysconf(Int32(_SC_PHYS_PAGES))) / 256 * max(0, sysconf(Int32(_SC_PAGESIZE))) / 4_096
    }

    /// For a server that has the machine to itself.
    ///
    /// - Parameter machineMegabytes: what the shares are taken from.
    static func text(machineMegabytes: Int) -> String {
        // The newest index pages are all that is written twice. A page of rows is done with once it
        // is full, and a larger share only means more memory touched once; the kernel caches reads.
        let shared = min(max(machineMegabytes / 48, 128), 512)
        // So few pages are written twice that frequent checkpoints cost little. In return the files
        // of the log are soon used again, while they are in the kernel's memory: a new file is
        // zeroed first, in fresh memory, and written then.
        let log = min(max(machineMegabytes / 12, 512), 2_048)
        return text(
            shared: shared, cached: max(machineMegabytes / 2, 256),
            maintenance: min(max(machineMegabytes / 96, 64), 256), buffers: 64, log: log)
    }

    /// For one of several servers on a machine that is shown something, and works little.
    static var small: String {
        text(shared: 16, cached: 64, maintenance: 16, buffers: 4, log: 96)
    }

    /// All in MiB.
    private static func text(
        shared: Int, cached: Int, maintenance: Int, buffers: Int, log: Int
    ) -> String {
        """
        # Written once by langqiao when the directory was made; yours to change.
        listen_addresses = ''
        port = 5432
        unix_socket_permissions = 0700
        max_connections = 40
        shared_buffers = '\(shared)MB'
        effective_cache_size = '\(cached)MB'
        maintenance_work_mem = '\(maintenance)MB'
        fsync = on
        full_page_writes = on
        synchronous_commit = on
        wal_level = replica
        wal_compression = off
        wal_buffers = '\(buffers)MB'
        min_wal_size = '\(log)MB'
        max_wal_size = '\(log)MB'
        checkpoint_timeout = '15min'
        checkpoint_completion_target = 0.9
        bgwriter_delay = '20ms'
        bgwriter_lru_maxpages = 1000
        bgwriter_lru_multiplier = 4
        autovacuum_max_workers = 2
        autovacuum_naptime = '10s'
        max_parallel_workers_per_gather = 0
        random_page_cost = 1.1
        jit = off
        lc_messages = 'C'
        timezone = 'UTC'
        log_timezone = 'UTC'
        log_line_prefix = '%m [%p] %a '

        """
    }
}
