package main

import (
	"bytes"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"unsafe"

	"go.etcd.io/etcd/raft"
	pb "go.etcd.io/etcd/raft/raftpb"
	"go.etcd.io/etcd/raft/tracker"
)

// store is a log in memory that can be started from with a later state than its snapshot's.
type store struct {
	*raft.MemoryStorage
	members pb.ConfState
}

func (s *store) InitialState() (pb.HardState, pb.ConfState, error) {
	hard, _, err := s.MemoryStorage.InitialState()
	return hard, s.members, err
}

// inside points into a node, where etcd's Raft offers no way in.
type inside struct {
	raft             unsafe.Pointer
	tracker          *tracker.ProgressTracker
	electionTimeout  *int
	transferee       *uint64
	pendingConfIndex *uint64
	uncommittedSize  *uint64
	pendingReads     *[]pb.Message
	messages         *[]pb.Message
	log              unsafe.Pointer
}

func lookInside(rn *raft.RawNode) inside {
	pointer := reflect.ValueOf(rn).Elem().FieldByName("raft")
	field := func(name string) unsafe.Pointer {
		return unsafe.Pointer(pointer.Elem().FieldByName(name).UnsafeAddr())
	}
	return inside{
		raft:             pointer.UnsafePointer(),
		tracker:          (*tracker.ProgressTracker)(field("prs")),
		electionTimeout:  (*int)(field("randomizedElectionTimeout")),
		transferee:       (*uint64)(field("leadTransferee")),
		pendingConfIndex: (*uint64)(field("pendingConfIndex")),
		uncommittedSize:  (*uint64)(field("uncommittedSize")),
		pendingReads:     (*[]pb.Message)(field("pendingReadIndexMessages")),
		messages:         (*[]pb.Message)(field("msgs")),
		log:              pointer.Elem().FieldByName("raftLog").UnsafePointer(),
	}
}

type node struct {
	config     raft.Config
	amendments amendment
	store      *store
	rn         *raft.RawNode
	inside     inside
	// What the applied state is, as of the last Ready that was dealt with.
	checkpoint pb.SnapshotMetadata
	// An earlier state that the node can start again from; the log from there on is kept.
	kept pb.SnapshotMetadata
	// Why Raft gave up.
	panicked string

	answer []byte
	met    amendment
	// Who asked for what is forwarded, and the message that was delivered last.
	origin    uint64
	delivered pb.Message
	// What the Readys since the last answer asked for.
	mustSync           bool
	persisted, applied []pb.Entry
	installed          uint64
	reads              []raft.ReadState
	messages           [][]byte
}

// restart makes the node anew from what is stored, with a state that was applied up to some index.
func (n *node) restart(from pb.SnapshotMetadata) {
	n.store.members = from.ConfState
	c := n.config
	c.Storage = n.store
	c.Applied = from.Index
	rn, err := raft.NewRawNode(&c)
	if err != nil {
		panic(err)
	}
	n.rn = rn
	n.inside = lookInside(rn)
	n.checkpoint = from
}

func (n *node) run(end byte, words *scanner) {
	n.met, n.mustSync, n.installed, n.origin = 0, false, 0, 0
	n.persisted, n.applied, n.reads = n.persisted[:0], n.applied[:0], n.reads[:0]
	n.messages = n.messages[:0]
	defer func() {
		if reason := recover(); reason != nil {
			n.panicked = fmt.Sprint(reason)
		}
		if n.panicked != "" {
			n.answer = append(append(n.answer[:0], "panic: "...), n.panicked...)
		}
	}()
	if n.panicked != "" {
		return
	}
	result := n.act(words)
	n.finish(end)
	n.describe(result)
}

// act carries out a verb. The result is d for a dropped proposal, u for an unknown peer.
func (n *node) act(words *scanner) byte {
	var err error
	waiting := len(*n.inside.messages)
	switch verb := words.word(); verb[0] {
	case 't':
		*n.inside.electionTimeout = int(words.number())
		n.tick()
	case 'c':
		err = n.campaign()
	case 'p':
		err = n.rn.Propose(words.bytes())
	case 'm':
		kind := pb.EntryType(words.number())
		err = n.rn.ProposeConfChange(decodeChange(kind, words.bytes()))
	case 'r':
		n.rn.ReadIndex(words.bytes())
	case 'l':
		n.transfer(words.number())
	case 'u':
		n.rn.ReportUnreachable(words.number())
	case 's':
		id, status := words.number(), raft.SnapshotFailure
		if words.flag() {
			status = raft.SnapshotFinish
		}
		n.rn.ReportSnapshot(id, status)
	case 'd':
		err = n.deliver(words.message())
	case 'k':
		n.compact(words.number())
	case 'n':
	default:
		panic("unknown verb " + string(verb))
	}
	n.forgetReads()
	n.amendMessages((*n.inside.messages)[waiting:])
	switch err {
	case nil:
		return '-'
	case raft.ErrProposalDropped:
		return 'd'
	case raft.ErrStepPeerNotFound:
		return 'u'
	}
	panic(err)
}

// finish deals with every Ready (0), or lets the node crash: before the first is stored (1, 2), or
// after it is stored and before its messages are sent (3, 4). It starts again with a state that was
// kept (1, 3) or with the newest applied state (2, 4). Or it leaves them for later (5).
//
// Changes that were applied lead to a new snapshot, since nodes install none that does not know
// them.
func (n *node) finish(end byte) {
	if end == 5 {
		return
	}
	if end > 0 {
		if end > 2 && n.rn.HasReady() {
			n.persist(n.rn.Ready())
		}
		from := n.checkpoint
		if end%2 == 1 {
			from = n.kept
		}
		n.restart(from)
	}
	for n.rn.HasReady() {
		ready := n.rn.Ready()
		n.persist(ready)
		for _, m := range ready.Messages {
			n.messages = append(n.messages, appendMessage(nil, m))
		}
		n.reads = append(n.reads, ready.ReadStates...)
		n.apply(ready.CommittedEntries)
		n.advance(ready)
	}
	for _, e := range n.applied {
		if e.Type != pb.EntryNormal {
			n.snapshot()
			break
		}
	}
}

func (n *node) persist(ready raft.Ready) {
	n.mustSync = n.mustSync || ready.MustSync
	if !raft.IsEmptyHardState(ready.HardState) {
		n.store.SetHardState(ready.HardState)
	}
	if !raft.IsEmptySnap(ready.Snapshot) {
		if err := n.store.ApplySnapshot(ready.Snapshot); err != nil {
			panic(err)
		}
		n.installed = ready.Snapshot.Metadata.Index
		n.checkpoint = ready.Snapshot.Metadata
		n.kept = n.checkpoint
	}
	n.store.Append(ready.Entries)
	n.persisted = append(n.persisted, ready.Entries...)
}

func (n *node) apply(entries []pb.Entry) {
	for _, e := range entries {
		n.applied = append(n.applied, e)
		n.checkpoint.Index, n.checkpoint.Term = e.Index, e.Term
		if e.Type != pb.EntryNormal {
			n.checkpoint.ConfState = *n.applyChange(unmarshalChange(e))
		}
	}
}

func (n *node) snapshot() {
	members := n.checkpoint.ConfState
	data := strconv.AppendUint(nil, n.checkpoint.Index, 10)
	_, err := n.store.CreateSnapshot(n.checkpoint.Index, &members, data)
	if err != nil && err != raft.ErrSnapOutOfDate {
		panic(err)
	}
}

func (n *node) compact(index uint64) {
	n.snapshot()
	n.kept = n.checkpoint
	if err := n.store.Compact(index); err != nil && err != raft.ErrCompacted {
		panic(err)
	}
}

func (n *node) describe(result byte) {
	status := n.rn.BasicStatus()
	first, last := logFirstIndex(n.inside.log), logLastIndex(n.inside.log)
	lastTerm, _ := logTerm(n.inside.log, last)
	hard, _, _ := n.store.InitialState()
	out := append(n.answer, result, ' ')
	out = appendNumbers(out, uint64(roles[status.RaftState]), status.Term, status.Vote,
		status.Commit, status.Lead, status.Applied, first, last, lastTerm, status.LeadTransferee)
	out = appendFlag(append(out, "y "...), n.mustSync)
	out = appendNumbers(append(out, "h "...), hard.Term, hard.Vote, hard.Commit)
	out = appendEntries(append(out, "e "...), n.persisted)
	out = appendEntries(append(out, "a "...), n.applied)
	out = appendNumbers(append(out, "s "...), n.installed)
	out = appendNumbers(append(out, "r "...), uint64(len(n.reads)))
	for _, read := range n.reads {
		out = appendBytes(appendNumbers(out, read.Index), read.RequestCtx)
	}
	out = appendMembers(append(out, "c "...), n.inside.tracker.ConfState())
	out = append(out, "p "...)
	if status.RaftState == raft.StateLeader {
		n.inside.tracker.Visit(func(id uint64, p *tracker.Progress) {
			if id != n.config.ID {
				out = appendProgress(out, id, p)
			}
		})
	}
	sort.Slice(n.messages, func(i, j int) bool {
		return bytes.Compare(n.messages[i], n.messages[j]) < 0
	})
	out = append(out, 'm')
	for _, m := range n.messages {
		out = append(append(out, " | "...), m...)
	}
	n.answer = append(append(out, '\t'), n.met.String()...)
}
