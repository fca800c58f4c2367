"""Asks a server by gRPC's own library for Python (its C core) and prints what came of it as JSON.

Usage: client.py STUBS TARGET WHAT. STUBS is a folder with what protoc made of the two .proto files.
"""

import json
import struct
import sys

sys.path.insert(0, sys.argv[1])

import grpc  # noqa: E402
import health_pb2  # noqa: E402
import health_pb2_grpc  # noqa: E402
import inference_pb2 as pb  # noqa: E402
import inference_pb2_grpc  # noqa: E402

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def request(model, name, datatype, shape, **contents):
    asked = pb.ModelInferRequest(model_name=model, id="from python")
    asked.inputs.add(name=name, datatype=datatype, shape=shape, contents=pb.InferTensorContents(**contents) if contents else None)
    return asked


def floats(raw):
    return list(struct.unpack(f"<{len(raw) // 4}f", raw))


def describe(response):
    outputs = [[o.name, o.datatype, list(o.shape)] for o in response.outputs]
    return {"model": response.model_name, "version": response.model_version, "id": response.id, "outputs": outputs}


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return [error.code().name, error.details()]
    return ["OK", ""]


def typed(stub, channel):
    response = stub.ModelInfer(request("increment", "x", "FP32", [3], fp32_contents=[1, 2, 3]))
    return describe(response) | {"values": floats(response.raw_output_contents[0])}


def strings(stub, channel):
    words = ["plain", "", "za\u017c\u00f3\u0142\u0107", "\u6a21\u578b", "a\nb", "x"]
    asked = request("identity-string", "x", "BYTES", [2, 3], bytes_contents=[word.encode() for word in words])
    raw = stub.ModelInfer(asked).raw_output_contents[0]
    read = []
    while raw:
        (length,) = struct.unpack_from("<I", raw)
        read.append(raw[4:4 + length].decode())
        raw = raw[4 + length:]
    return {"asked": words, "answered": read}


def raw(stub, channel):
    """Eight MiB each way, more than flow control's windows and the library's own limit of four."""
    count = 2 * 1024 * 1024
    values = struct.pack(f"<{count}f", *(float(i % 4096) for i in range(count)))
    asked = request("increment", "x", "FP32", [count])
    asked.raw_input_contents.append(values)
    answered = floats(stub.ModelInfer(asked).raw_output_contents[0])
    return {"count": len(answered), "wrong": sum(1 for i, value in enumerate(answered) if value != i % 4096 + 1)}


def metadata(stub, channel):
    server = stub.ServerMetadata(pb.ServerMetadataRequest())
    model = stub.ModelMetadata(pb.ModelMetadataRequest(name="increment"))
    return {
        "live": stub.ServerLive(pb.ServerLiveRequest()).live,
        "ready": stub.ServerReady(pb.ServerReadyRequest()).ready,
        "model_ready": stub.ModelReady(pb.ModelReadyRequest(name="increment")).ready,
        "server": server.name,
        "extensions": list(server.extensions),
        "inputs": [[t.name, t.datatype, list(t.shape)] for t in model.inputs],
        "platform": model.platform,
        "versions": list(model.versions),
    }


def errors(stub, channel):
    missing = request("none", "x", "FP32", [1], fp32_contents=[1])
    short = request("increment", "x", "FP32", [2], fp32_contents=[1])
    unknown = channel.unary_unary("/inference.GRPCInferenceService/NoSuchCall")
    endless = pb.ModelInferRequest(model_name="loop")
    endless.inputs.add(name="trips", datatype="INT64", contents=pb.InferTensorContents(int64_contents=[1_000_000_000]))
    endless.inputs.add(name="x", datatype="FP32", shape=[1, 64], contents=pb.InferTensorContents(fp32_contents=[0.5] * 64))
    return {
        "missing": failure(lambda: stub.ModelInfer(missing)),
        "short": failure(lambda: stub.ModelInfer(short)),
        "unknown": failure(lambda: unknown(b"")),
        "no_message": failure(lambda: channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")(b"\xff\xff\xff")),
        "late": failure(lambda: stub.ModelInfer(endless, timeout=1)),
        "afterwards": failure(lambda: stub.ModelInfer(request("increment", "x", "FP32", [1], fp32_contents=[1]))),
    }


def stream(stub, channel):
    good = request("increment", "x", "FP32", [1], fp32_contents=[1])
    bad = request("increment", "wrong", "FP32", [1], fp32_contents=[1])
    answers = stub.ModelStreamInfer(iter([good, bad, good]))
    return [floats(a.infer_response.raw_output_contents[0]) if not a.error_message else a.error_message for a in answers]


def keys(stub, channel):
    asked = request("increment", "x", "FP32", [1], fp32_contents=[1])
    load = pb.RepositoryModelLoadRequest(model_name="increment")
    bearer = [("authorization", "Bearer infer-key-0123456789")]
    return {
        "none": failure(lambda: stub.ModelInfer(asked))[0],
        "wrong": failure(lambda: stub.ModelInfer(asked, metadata=[("x-api-key", "wrong-key-0123456789")]))[0],
        "bearer": failure(lambda: stub.ModelInfer(asked, metadata=bearer))[0],
        "other_scope": failure(lambda: stub.RepositoryModelLoad(load, metadata=bearer))[0],
        "health": failure(lambda: stub.ServerReady(pb.ServerReadyRequest()))[0],
    }


def health(stub, channel):
    probe = health_pb2_grpc.HealthStub(channel)
    name = health_pb2.HealthCheckResponse.ServingStatus.Name
    return {
        "server": name(probe.Check(health_pb2.HealthCheckRequest()).status),
        "service": name(probe.Check(health_pb2.HealthCheckRequest(service="inference.GRPCInferenceService")).status),
        "other": failure(lambda: probe.Check(health_pb2.HealthCheckRequest(service="other")))[0],
    }


def checked(stub, channel):
    """A channel that asks for the health itself, by Watch, and calls only who serves."""
    config = {"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": "inference.GRPCInferenceService"}}
    with grpc.insecure_channel("ipv4:" + sys.argv[2], OPTIONS + [("grpc.service_config", json.dumps(config))]) as watching:
        stub = inference_pb2_grpc.GRPCInferenceServiceStub(watching)
        return typed(stub, watching)["values"] if stub.ServerReady(pb.ServerReadyRequest(), wait_for_ready=True, timeout=60).ready else None


if __name__ == "__main__":
    with grpc.insecure_channel(sys.argv[2], OPTIONS) as opened:
        print(json.dumps(globals()[sys.argv[3]](inference_pb2_grpc.GRPCInferenceServiceStub(opened), opened)))
