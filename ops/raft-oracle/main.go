// Program raft-oracle plays nodes of etcd's Raft 3.4 for a test that plays the same nodes with
// another implementation and compares.
//
// It reads commands, one a line, and answers each with a line; what it answers leaves when it reads
// "flush". Words are separated by spaces; numbers are decimal, bytes hexadecimal or "-" for none.
//
//	reset OPTIONS        new nodes; no answer. See parseReset.
//	END NODE VERB ARGS   one step of one node; END says what becomes of its Ready, see finish
//	flush                writes the answers
//	quit                 ends the program, as does the end of its input
//
// Verbs: t TIMEOUT (tick, with this election timeout), c (campaign), p DATA (propose), m KIND
// CHANGE (propose a change), r CONTEXT (read), l NODE (transfer), u NODE (unreachable), s NODE OK
// (snapshot reported), d MESSAGE (deliver), k INDEX (snapshot of the applied state, log compacted
// up to the index), n (nothing).
//
// The answer: result and state, persisted and applied, messages in the order of their text; then a
// tab and the amendments that took part. Amendments (amend.go) make up for known differences
// between 3.4 and its successors; each can be switched off.
package main

import (
	"bufio"
	"fmt"
	"os"

	"go.etcd.io/etcd/raft"
	pb "go.etcd.io/etcd/raft/raftpb"
)

func main() {
	raft.SetLogger(silent{})
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	var out []byte
	var nodes []*node
	for {
		line, err := in.ReadSlice('\n')
		for err == bufio.ErrBufferFull {
			fmt.Fprintln(os.Stderr, "raft-oracle: a line is too long")
			os.Exit(1)
		}
		if err != nil {
			return
		}
		words := scanner{rest: line[:len(line)-1]}
		switch first := words.word(); string(first) {
		case "flush":
			if _, err := os.Stdout.Write(out); err != nil {
				return
			}
			out = out[:0]
		case "quit":
			return
		case "reset":
			nodes = parseReset(&words)
		default:
			end := first[0] - '0'
			n := nodes[words.number()-1]
			n.answer = n.answer[:0]
			n.run(end, &words)
			out = append(out, n.answer...)
			out = append(out, '\n')
		}
	}
}

// parseReset reads: amendments (a bit set), number of nodes, flags for pre-vote, check-quorum,
// leases and no forwarding, election and heartbeat ticks, whether a message takes one entry only,
// whether a Ready does for applying, window in messages, bytes of uncommitted proposals, index and
// term of the snapshot that members start with, and its members. Others start with nothing.
func parseReset(words *scanner) []*node {
	amendments := amendment(words.number())
	count := words.number()
	var c raft.Config
	c.PreVote = words.flag()
	c.CheckQuorum = words.flag()
	if words.flag() {
		c.ReadOnlyOption = raft.ReadOnlyLeaseBased
	}
	c.DisableProposalForwarding = words.flag()
	c.ElectionTick = int(words.number())
	c.HeartbeatTick = int(words.number())
	if !words.flag() {
		c.MaxSizePerMsg = ^uint64(0)
	}
	c.MaxCommittedSizePerReady = 1
	if !words.flag() {
		c.MaxCommittedSizePerReady = ^uint64(0)
	}
	c.MaxInflightMsgs = int(words.number())
	c.MaxUncommittedEntriesSize = words.number()
	start := pb.Snapshot{Data: []byte{}}
	start.Metadata.Index = words.number()
	start.Metadata.Term = words.number()
	start.Metadata.ConfState = words.members()
	nodes := make([]*node, count)
	for i := range nodes {
		c.ID = uint64(i) + 1
		n := &node{config: c, amendments: amendments}
		n.store = &store{MemoryStorage: raft.NewMemoryStorage()}
		if contains(start.Metadata.ConfState, c.ID) {
			n.store.ApplySnapshot(start)
			n.store.SetHardState(pb.HardState{
				Term: start.Metadata.Term, Commit: start.Metadata.Index})
			n.checkpoint, n.kept = start.Metadata, start.Metadata
		}
		n.restart(n.checkpoint)
		nodes[i] = n
	}
	return nodes
}

func contains(members pb.ConfState, id uint64) bool {
	for _, set := range [][]uint64{members.Voters, members.VotersOutgoing, members.Learners} {
		for _, member := range set {
			if member == id {
				return true
			}
		}
	}
	return false
}

// silent drops what Raft logs; a panic of Raft stays one.
type silent struct{}

func (silent) Debug(...interface{})            {}
func (silent) Debugf(string, ...interface{})   {}
func (silent) Error(...interface{})            {}
func (silent) Errorf(string, ...interface{})   {}
func (silent) Info(...interface{})             {}
func (silent) Infof(string, ...interface{})    {}
func (silent) Warning(...interface{})          {}
func (silent) Warningf(string, ...interface{}) {}
func (silent) Fatal(v ...interface{})          { panic(fmt.Sprint(v...)) }
func (silent) Fatalf(f string, v ...interface{}) {
	panic(fmt.Sprintf(f, v...))
}
func (silent) Panic(v ...interface{}) { panic(fmt.Sprint(v...)) }
func (silent) Panicf(f string, v ...interface{}) {
	panic(fmt.Sprintf(f, v...))
}
