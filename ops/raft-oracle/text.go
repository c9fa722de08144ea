package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"go.etcd.io/etcd/raft"
	pb "go.etcd.io/etcd/raft/raftpb"
	"go.etcd.io/etcd/raft/tracker"
)

// kinds numbers the messages between nodes.
var kinds = []pb.MessageType{
	pb.MsgProp, pb.MsgApp, pb.MsgAppResp, pb.MsgVote, pb.MsgVoteResp, pb.MsgPreVote,
	pb.MsgPreVoteResp, pb.MsgHeartbeat, pb.MsgHeartbeatResp, pb.MsgSnap, pb.MsgTimeoutNow,
	pb.MsgTransferLeader, pb.MsgReadIndex, pb.MsgReadIndexResp,
}

var kindNumbers = func() map[pb.MessageType]uint64 {
	numbers := map[pb.MessageType]uint64{}
	for i, kind := range kinds {
		numbers[kind] = uint64(i)
	}
	return numbers
}()

var roles = map[raft.StateType]byte{
	raft.StateFollower: 0, raft.StatePreCandidate: 1, raft.StateCandidate: 2, raft.StateLeader: 3,
}

// scanner takes words off a line.
type scanner struct{ rest []byte }

func (s *scanner) word() []byte {
	end := bytes.IndexByte(s.rest, ' ')
	if end < 0 {
		end = len(s.rest)
	}
	word := s.rest[:end]
	if end < len(s.rest) {
		end++
	}
	s.rest = s.rest[end:]
	return word
}

func (s *scanner) number() uint64 {
	var value uint64
	for _, digit := range s.word() {
		value = value*10 + uint64(digit-'0')
	}
	return value
}

func (s *scanner) flag() bool { return s.number() == 1 }

func (s *scanner) bytes() []byte {
	word := s.word()
	if len(word) == 1 {
		return nil
	}
	value := make([]byte, len(word)/2)
	if _, err := hex.Decode(value, word); err != nil {
		panic(err)
	}
	return value
}

func (s *scanner) set() []uint64 {
	var ids []uint64
	for count := s.number(); count > 0; count-- {
		ids = append(ids, s.number())
	}
	return ids
}

func (s *scanner) members() pb.ConfState {
	return pb.ConfState{
		Voters: s.set(), VotersOutgoing: s.set(), Learners: s.set(), LearnersNext: s.set(),
		AutoLeave: s.flag(),
	}
}

func (s *scanner) message() pb.Message {
	m := pb.Message{
		Type: kinds[s.number()], From: s.number(), To: s.number(), Term: s.number(),
		LogTerm: s.number(), Index: s.number(), Commit: s.number(), Reject: s.flag(),
		RejectHint: s.number(), Context: s.bytes(),
	}
	for count := s.number(); count > 0; count-- {
		e := pb.Entry{Term: s.number(), Index: s.number(), Type: pb.EntryType(s.number())}
		e.Data = marshalData(e.Type, s.bytes())
		m.Entries = append(m.Entries, e)
	}
	switch m.Type {
	case pb.MsgSnap:
		m.Snapshot.Metadata.Index = s.number()
		m.Snapshot.Metadata.Term = s.number()
		m.Snapshot.Data = s.bytes()
		m.Snapshot.Metadata.ConfState = s.members()
	case pb.MsgReadIndex, pb.MsgReadIndexResp:
		// 3.4 carries the context of reads as an entry.
		m.Entries = []pb.Entry{{Data: m.Context}}
		m.Context = nil
	}
	return m
}

// Every part ends with a space but a message, which begins and ends with a word.

func appendNumbers(out []byte, values ...uint64) []byte {
	for _, value := range values {
		out = append(strconv.AppendUint(out, value, 10), ' ')
	}
	return out
}

func appendFlag(out []byte, flag bool) []byte {
	if flag {
		return append(out, "1 "...)
	}
	return append(out, "0 "...)
}

func appendBytes(out, value []byte) []byte {
	if len(value) == 0 {
		return append(out, "- "...)
	}
	const digits = "0123456789abcdef"
	for _, b := range value {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return append(out, ' ')
}

func appendEntries(out []byte, entries []pb.Entry) []byte {
	out = appendNumbers(out, uint64(len(entries)))
	for _, e := range entries {
		out = appendNumbers(out, e.Term, e.Index, uint64(e.Type))
		data := e.Data
		if e.Type != pb.EntryNormal {
			data = encodeChange(unmarshalChange(e).AsV2())
		}
		out = appendBytes(out, data)
	}
	return out
}

func appendMembers(out []byte, m pb.ConfState) []byte {
	for _, set := range [][]uint64{m.Voters, m.VotersOutgoing, m.Learners, m.LearnersNext} {
		out = appendNumbers(appendNumbers(out, uint64(len(set))), set...)
	}
	return appendFlag(out, m.AutoLeave)
}

// appendProgress leaves out what 3.4 does not maintain: where to go on after a snapshot.
func appendProgress(out []byte, id uint64, p *tracker.Progress) []byte {
	next := p.Next
	if p.State == tracker.StateSnapshot {
		next = 0
	}
	out = appendNumbers(out, id, p.Match, uint64(p.State), next, p.PendingSnapshot)
	out = appendFlag(out, p.RecentActive)
	out = appendFlag(out, p.IsLearner)
	return appendFlag(out, p.State == tracker.StateProbe && p.ProbeSent)
}

func appendMessage(out []byte, m pb.Message) []byte {
	entries, context := m.Entries, m.Context
	if m.Type == pb.MsgReadIndex || m.Type == pb.MsgReadIndexResp {
		entries, context = nil, m.Entries[0].Data
	}
	out = appendNumbers(out, kindNumbers[m.Type], m.From, m.To, m.Term, m.LogTerm, m.Index,
		m.Commit)
	out = appendFlag(out, m.Reject)
	out = appendNumbers(out, m.RejectHint)
	out = appendEntries(appendBytes(out, context), entries)
	if m.Type == pb.MsgSnap {
		out = appendNumbers(out, m.Snapshot.Metadata.Index, m.Snapshot.Metadata.Term)
		out = appendBytes(out, m.Snapshot.Data)
		out = appendMembers(out, m.Snapshot.Metadata.ConfState)
	}
	return out[:len(out)-1]
}

// Changes are written as: transition, number of steps (2 bytes), steps of action and node (1 + 8),
// context; integers little-endian. To leave a joint configuration takes no bytes at all. The
// numbers of transitions and actions are etcd's.

func encodeChange(change pb.ConfChangeV2) []byte {
	if change.LeaveJoint() && len(change.Context) == 0 {
		return nil
	}
	count := len(change.Changes)
	out := []byte{byte(change.Transition), byte(count), byte(count >> 8)}
	for _, step := range change.Changes {
		var id [8]byte
		binary.LittleEndian.PutUint64(id[:], step.NodeID)
		out = append(append(out, byte(step.Type)), id[:]...)
	}
	return append(out, change.Context...)
}

func decodeChange(kind pb.EntryType, data []byte) pb.ConfChangeI {
	var change pb.ConfChangeV2
	if len(data) > 0 {
		change.Transition = pb.ConfChangeTransition(data[0])
		count := int(data[1]) | int(data[2])<<8
		for data = data[3:]; count > 0; count-- {
			change.Changes = append(change.Changes, pb.ConfChangeSingle{
				Type: pb.ConfChangeType(data[0]), NodeID: binary.LittleEndian.Uint64(data[1:])})
			data = data[9:]
		}
		change.Context = append([]byte(nil), data...)
	}
	if kind == pb.EntryConfChange {
		step := change.Changes[0]
		return pb.ConfChange{Type: step.Type, NodeID: step.NodeID, Context: change.Context}
	}
	return change
}

// marshalData makes the data of an entry out of ours.
func marshalData(kind pb.EntryType, data []byte) []byte {
	if kind == pb.EntryNormal {
		return data
	}
	_, marshalled, err := pb.MarshalConfChange(decodeChange(kind, data))
	if err != nil {
		panic(err)
	}
	return marshalled
}

func unmarshalChange(e pb.Entry) pb.ConfChangeI {
	if e.Type == pb.EntryConfChange {
		var change pb.ConfChange
		if err := change.Unmarshal(e.Data); err != nil {
			panic(err)
		}
		return change
	}
	var change pb.ConfChangeV2
	if err := change.Unmarshal(e.Data); err != nil {
		panic(err)
	}
	return change
}
