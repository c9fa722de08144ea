/// How much room there is on the disk of a node's database.
package enum DiskRoom: Sendable {
    case enough
    /// Too little for callers' commands; what others write is still taken.
    case little
    /// Too little for anything that others write.
    case none
}
