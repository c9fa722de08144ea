// Puts of a payment's size by a number of clients at a time, each after the answer to its last one.
//
//	etcd-puts [-ca FILE -certificate FILE -key FILE] SECONDS CLIENTS CONNECTIONS ENDPOINT...
//
// With -ca over TLS, to members whose certificates it signed, and with a certificate of its own.
// Prints one line of JSON. Connections are shared out among the clients, as etcd's own benchmark
// does it; every connection speaks to one member.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
)

const valueSize = 256

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd-puts:", err)
		os.Exit(1)
	}
	return value
}

// Nil without -ca: no TLS.
func security(authority, certificate, key string) *tls.Config {
	if authority == "" {
		return nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(must(os.ReadFile(authority))) {
		must(0, fmt.Errorf("%s has no certificate", authority))
	}
	own := must(tls.LoadX509KeyPair(certificate, key))
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}
}

func main() {
	authority := flag.String("ca", "", "signed the members' certificates (PEM)")
	certificate := flag.String("certificate", "", "the client's own (PEM)")
	key := flag.String("key", "", "of that certificate (PEM)")
	flag.Parse()
	arguments := flag.Args()
	if len(arguments) < 4 {
		fmt.Fprintln(os.Stderr, "usage: etcd-puts [-ca FILE -certificate FILE -key FILE] "+
			"SECONDS CLIENTS CONNECTIONS ENDPOINT...")
		os.Exit(2)
	}
	seconds := must(strconv.ParseFloat(arguments[0], 64))
	clients, connections := must(strconv.Atoi(arguments[1])), must(strconv.Atoi(arguments[2]))
	endpoints := arguments[3:]
	config := security(*authority, *certificate, *key)
	open := make([]*clientv3.Client, connections)
	for number := range open {
		open[number] = must(clientv3.New(clientv3.Config{
			Endpoints:   []string{endpoints[number%len(endpoints)]},
			DialTimeout: 5 * time.Second, TLS: config}))
		defer open[number].Close()
		must(open[number].Get(context.Background(), "warm"))
	}
	value := strings.Repeat("v", valueSize)
	run := time.Now().UnixNano()
	began := time.Now()
	until := began.Add(time.Duration(seconds * float64(time.Second)))
	taken := make([][]float64, clients)
	failed := make([]int, clients)
	var all sync.WaitGroup
	for client := range taken {
		all.Add(1)
		go func(client int) {
			defer all.Done()
			connection := open[client%connections]
			for put := 0; time.Now().Before(until); put++ {
				key := fmt.Sprintf("payments/%d/%04d/%09d", run, client, put)
				sent := time.Now()
				if _, err := connection.Put(context.Background(), key, value); err != nil {
					failed[client]++
					continue
				}
				taken[client] = append(taken[client], time.Since(sent).Seconds()*1000)
			}
		}(client)
	}
	all.Wait()
	whole := time.Since(began).Seconds()
	var milliseconds []float64
	failures := 0
	for client := range taken {
		milliseconds = append(milliseconds, taken[client]...)
		failures += failed[client]
	}
	sort.Float64s(milliseconds)
	if len(milliseconds) == 0 {
		must(0, fmt.Errorf("no put was answered"))
	}
	at := func(share float64) float64 { return milliseconds[int(share*float64(len(milliseconds)-1))] }
	must(0, json.NewEncoder(os.Stdout).Encode(map[string]any{
		"clients": clients, "puts": len(milliseconds), "failed": failures,
		"perSecond": float64(len(milliseconds)) / whole,
		"median":    at(0.5), "p99": at(0.99), "longest": at(1)}))
}
