internal import ArgumentParser
internal import Configuration
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Gateway
print("x")
