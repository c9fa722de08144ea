package main

import (
	"math/bits"
	"strings"
	"unsafe"

	"go.etcd.io/etcd/raft"
	pb "go.etcd.io/etcd/raft/raftpb"
	"go.etcd.io/etcd/raft/tracker"
)

// amendment is a set of differences between 3.4 and later versions that the driver makes up for.
type amendment uint64

const (
	// A refused append says where the logs may agree, by terms; 3.4 names its last index only.
	rejectionHints amendment = 1 << iota
	// A late rejection does not take a probe back behind what is known to match.
	probeBelowMatch
	// A probed follower that repeats its match starts to replicate.
	repeatedMatch
	// After a snapshot, replication goes on as soon as the log has what follows the match.
	snapshotRecovery
	// Where the next entries are gone, a snapshot is sent also when no empty append would be.
	snapshotInsteadOfNothing
	// A heartbeat's answer does not free a place in a full window.
	fullWindow
	// To leave a joint configuration is an ordinary proposal: sent at once, and once only.
	autoLeave
	// A transfer to a node that becomes a learner ends.
	transferToLearner
	// Reads that wait for the first commit end with the leadership.
	readsOfOldTerm
	// Forwarded proposals, reads and transfers keep the name of their origin.
	forwardedFrom
	// No change that is committed and not applied is overlooked before a campaign.
	unappliedChange
	// Who is no voter tells in a refused vote what it knows to be committed; an invention of ours.
	refusalTellsCommit
	// What an earlier leader has left frees no room for proposals when it is applied.
	ownTermCounts
	// A leader that was removed or became a learner steps down; an option of later versions.
	stepDownOnRemoval
)

var amendmentNames = []string{
	"rejectionHints", "probeBelowMatch", "repeatedMatch", "snapshotRecovery",
	"snapshotInsteadOfNothing", "fullWindow", "autoLeave", "transferToLearner",
	"readsOfOldTerm", "forwardedFrom", "unappliedChange", "refusalTellsCommit",
	"ownTermCounts", "stepDownOnRemoval",
}

func (a amendment) String() string {
	var names []string
	for rest := uint64(a); rest != 0; rest &= rest - 1 {
		names = append(names, amendmentNames[bits.TrailingZeros64(rest)])
	}
	return strings.Join(names, " ")
}

//go:linkname maybeSendAppend go.etcd.io/etcd/raft.(*raft).maybeSendAppend
func maybeSendAppend(r unsafe.Pointer, to uint64, sendIfEmpty bool) bool

//go:linkname becomeFollower go.etcd.io/etcd/raft.(*raft).becomeFollower
func becomeFollower(r unsafe.Pointer, term, leader uint64)

//go:linkname logCommit go.etcd.io/etcd/raft.(*raftLog).commitTo
func logCommit(log unsafe.Pointer, index uint64)

//go:linkname logTerm go.etcd.io/etcd/raft.(*raftLog).term
func logTerm(log unsafe.Pointer, index uint64) (uint64, error)

//go:linkname logFirstIndex go.etcd.io/etcd/raft.(*raftLog).firstIndex
func logFirstIndex(log unsafe.Pointer) uint64

//go:linkname logLastIndex go.etcd.io/etcd/raft.(*raftLog).lastIndex
func logLastIndex(log unsafe.Pointer) uint64

//go:linkname logSlice go.etcd.io/etcd/raft.(*raftLog).slice
func logSlice(log unsafe.Pointer, from, to, maxSize uint64) ([]pb.Entry, error)

// amends notes that an amendment takes part; false when it is switched off.
func (n *node) amends(a amendment) bool {
	if n.amendments&a == 0 {
		return false
	}
	n.met |= a
	return true
}

func (n *node) leads() bool { return n.rn.BasicStatus().RaftState == raft.StateLeader }

// deliver steps a message, told in the newer way, as 3.4 needs to be told.
func (n *node) deliver(m pb.Message) error {
	status := n.rn.BasicStatus()
	p := n.inside.tracker.Progress[m.From]
	n.delivered = m
	if m.Reject && (m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp) {
		if p != nil {
			if n.learnCommit(m, status) {
				return nil
			}
		}
		m.Commit, m.LogTerm = 0, 0
	}
	if status.RaftState == raft.StateLeader && status.Term == m.Term && p != nil {
		switch {
		case m.Type == pb.MsgAppResp && m.Reject:
			return n.deliverRejection(m, p)
		case m.Type == pb.MsgAppResp:
			return n.deliverAcknowledgement(m, p)
		case m.Type == pb.MsgHeartbeatResp && p.State == tracker.StateReplicate &&
			p.Inflights.Full() && n.amends(fullWindow):
			// Out of sight of the code that would free a place.
			p.State = tracker.StateSnapshot
			err := n.rn.Step(m)
			p.State = tracker.StateReplicate
			n.sendSnapshotIfCompacted(m.From, true)
			return err
		}
	}
	if status.RaftState == raft.StateLeader {
		return n.rn.Step(m)
	}
	switch m.Type {
	case pb.MsgTransferLeader:
		// 3.4 cannot forward such a message when it has a term.
		if m.Term == status.Term && status.Lead != raft.None && n.amends(forwardedFrom) {
			m.Term = 0
		}
		n.origin = m.From
	case pb.MsgProp, pb.MsgReadIndex:
		n.origin = m.From
	}
	return n.rn.Step(m)
}

func (n *node) transfer(to uint64) {
	n.origin = to
	n.rn.TransferLeader(to)
}

func (n *node) deliverRejection(m pb.Message, p *tracker.Progress) error {
	if m.LogTerm > 0 && n.amends(rejectionHints) {
		m.RejectHint, _ = n.lastPossibleMatch(m.RejectHint, m.LogTerm)
	}
	m.LogTerm = 0
	if p.State != tracker.StateProbe || p.Next-1 != m.Index {
		return n.rn.Step(m)
	}
	if m.Index == p.Match && n.amends(probeBelowMatch) {
		p.RecentActive, p.ProbeSent = true, false
		maybeSendAppend(n.inside.raft, m.From, true)
		return nil
	}
	if m.RejectHint < p.Match && n.amends(probeBelowMatch) {
		m.RejectHint = p.Match
	}
	return n.rn.Step(m)
}

func (n *node) deliverAcknowledgement(m pb.Message, p *tracker.Progress) error {
	isNews := m.Index > p.Match
	pending := p.PendingSnapshot
	staysInSnapshot := false
	switch {
	case p.State == tracker.StateProbe && m.Index == p.Match && n.amends(repeatedMatch):
		if m.Index == 0 {
			p.RecentActive = true
			p.BecomeReplicate()
			n.sendAll(m.From)
			return nil
		}
		p.Match--
		isNews = true
	case p.State == tracker.StateSnapshot && isNews:
		first := logFirstIndex(n.inside.log)
		resumes := m.Index+1 >= first
		if resumes != (m.Index >= pending) && n.amends(snapshotRecovery) {
			p.PendingSnapshot = m.Index
			if !resumes {
				p.PendingSnapshot++
				staysInSnapshot = true
			}
		}
	}
	err := n.rn.Step(m)
	if staysInSnapshot {
		p.PendingSnapshot = pending
	}
	if isNews {
		n.sendSnapshotIfCompacted(m.From, true)
	}
	return err
}

func (n *node) sendAll(id uint64) {
	for maybeSendAppend(n.inside.raft, id, false) {
	}
	n.sendSnapshotIfCompacted(id, true)
}

// sendSnapshotIfCompacted sends a snapshot where the next entries are gone; a full window holds it
// up unless an answer has just opened it.
func (n *node) sendSnapshotIfCompacted(id uint64, isOpen bool) {
	p := n.inside.tracker.Progress[id]
	first := logFirstIndex(n.inside.log)
	isFull := p.State == tracker.StateReplicate && p.Inflights.Full()
	if p.IsPaused() && !(isFull && isOpen) || !p.RecentActive || p.Next >= first {
		return
	}
	if !n.amends(snapshotInsteadOfNothing) {
		return
	}
	if isFull {
		p.BecomeProbe()
	}
	maybeSendAppend(n.inside.raft, id, true)
}

// lastPossibleMatch finds the last entry up to an index whose term is at most the given one; its
// term is 0 where the log does not reach.
func (n *node) lastPossibleMatch(index, term uint64) (uint64, uint64) {
	first, last := logFirstIndex(n.inside.log), logLastIndex(n.inside.log)
	for ; index > 0; index-- {
		if index+1 < first || index > last {
			return index, 0
		}
		own, err := logTerm(n.inside.log, index)
		if err != nil {
			return index, 0
		}
		if own <= term {
			return index, own
		}
	}
	return 0, 0
}

func (n *node) learnCommit(m pb.Message, status raft.BasicStatus) bool {
	isAwaited := status.RaftState == raft.StateCandidate && m.Type == pb.MsgVoteResp ||
		status.RaftState == raft.StatePreCandidate && m.Type == pb.MsgPreVoteResp
	if !isAwaited || m.Term != status.Term || m.LogTerm == 0 || !n.amends(refusalTellsCommit) {
		return false
	}
	if index, term := n.lastPossibleMatch(m.Commit, m.LogTerm); index == m.Commit &&
		term == m.LogTerm {
		if index > status.Commit {
			logCommit(n.inside.log, index)
			becomeFollower(n.inside.raft, status.Term, raft.None)
			return true
		}
	}
	return false
}

func (n *node) tellCommit(m *pb.Message) {
	if _, isVoter := n.inside.tracker.Voters.IDs()[n.config.ID]; isVoter {
		return
	}
	// A node does not say why it refuses a vote of an earlier term.
	commit := n.rn.BasicStatus().Commit
	if n.delivered.Term < m.Term || !n.amends(refusalTellsCommit) {
		return
	}
	m.Commit = commit
	m.LogTerm, _ = logTerm(n.inside.log, commit)
}

// amendMessages tells what a step has sent in the newer way.
func (n *node) amendMessages(messages []pb.Message) {
	for i := range messages {
		m := &messages[i]
		switch m.Type {
		case pb.MsgAppResp:
			if m.Reject && n.amends(rejectionHints) {
				hint := m.Index
				if m.RejectHint < hint {
					hint = m.RejectHint
				}
				m.RejectHint, m.LogTerm = n.lastPossibleMatch(hint, n.delivered.LogTerm)
			}
		case pb.MsgVoteResp, pb.MsgPreVoteResp:
			if m.Reject {
				n.tellCommit(m)
			}
		case pb.MsgProp, pb.MsgReadIndex, pb.MsgTransferLeader:
			if n.origin != 0 && n.origin != m.From && n.amends(forwardedFrom) {
				m.From = n.origin
			}
		}
	}
}

func (n *node) campaign() error {
	status := n.rn.BasicStatus()
	if status.Commit > status.Applied && n.amendments&unappliedChange != 0 {
		entries, err := logSlice(n.inside.log, status.Applied+1, status.Commit+1, ^uint64(0))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Type != pb.EntryNormal {
				n.amends(unappliedChange)
				return nil
			}
		}
	}
	return n.rn.Campaign()
}

func (n *node) applyChange(change pb.ConfChangeI) *pb.ConfState {
	members := n.rn.ApplyConfChange(change)
	own := n.inside.tracker.Progress[n.config.ID]
	if !n.leads() {
		return members
	}
	if own == nil || own.IsLearner {
		if n.amends(stepDownOnRemoval) {
			becomeFollower(n.inside.raft, n.rn.BasicStatus().Term, raft.None)
		}
		return members
	}
	n.inside.tracker.Visit(func(id uint64, _ *tracker.Progress) {
		if id != n.config.ID {
			n.sendSnapshotIfCompacted(id, false)
		}
	})
	p := n.inside.tracker.Progress[*n.inside.transferee]
	if p != nil && p.IsLearner && n.amends(transferToLearner) {
		*n.inside.transferee = raft.None
	}
	return members
}

func (n *node) advance(ready raft.Ready) {
	before, term := *n.inside.uncommittedSize, n.rn.BasicStatus().Term
	n.advanceAndLeave(ready)
	own := uint64(0)
	for _, entry := range ready.CommittedEntries {
		if entry.Term == term {
			own += uint64(len(entry.Data))
		}
	}
	left := uint64(0)
	if own < before {
		left = before - own
	}
	if left != *n.inside.uncommittedSize && n.amends(ownTermCounts) {
		*n.inside.uncommittedSize = left
	}
}

func (n *node) advanceAndLeave(ready raft.Ready) {
	t := n.inside.tracker
	leaves := t.Config.AutoLeave
	if !leaves || n.amendments&autoLeave == 0 {
		n.rn.Advance(ready)
		return
	}
	t.Config.AutoLeave = false
	n.rn.Advance(ready)
	t.Config.AutoLeave = true
	index := ready.Snapshot.Metadata.Index
	if count := len(ready.CommittedEntries); count > 0 {
		index = ready.CommittedEntries[count-1].Index
	}
	if index > 0 && index >= *n.inside.pendingConfIndex && n.leads() {
		n.amends(autoLeave)
		// Refused while leadership is handed over.
		_ = n.rn.ProposeConfChange(pb.ConfChangeV2{})
	}
}

// Leaving a joint configuration is proposed again when a transfer was in vain.
func (n *node) tick() {
	wasTransferring := *n.inside.transferee != raft.None
	n.rn.Tick()
	isDue := wasTransferring && *n.inside.transferee == raft.None && n.leads() &&
		n.inside.tracker.Config.AutoLeave &&
		n.rn.BasicStatus().Applied >= *n.inside.pendingConfIndex
	if isDue && n.amends(autoLeave) {
		_ = n.rn.ProposeConfChange(pb.ConfChangeV2{})
	}
}

func (n *node) forgetReads() {
	if len(*n.inside.pendingReads) > 0 && !n.leads() && n.amends(readsOfOldTerm) {
		*n.inside.pendingReads = nil
	}
}
