// A plugin execution provider: a virtual NPU that multiplies matrices by a constant one, and leaves the rest of a model to the processor.
// One thread, no state: enough for a second device that is real to ONNX Runtime.
#include <cstring>
#include <string>
#include <vector>

#include "onnxruntime_c_api.h"

namespace {

const OrtApi* api;
const OrtEpApi* ep_api;

#define RETURN_IF_ERROR(call)                  \
  do {                                         \
    if (OrtStatus* status = (call)) return status; \
  } while (0)

struct Factory : OrtEpFactory {
  OrtHardwareDevice* npu = nullptr;
};

OrtStatus* Dimensions(const OrtValue* value, std::vector<int64_t>& dimensions) {
  OrtTensorTypeAndShapeInfo* info;
  RETURN_IF_ERROR(api->GetTensorTypeAndShape(value, &info));
  size_t rank = 0;
  OrtStatus* status = api->GetDimensionsCount(info, &rank);
  if (!status) {
    dimensions.resize(rank);
    status = api->GetDimensions(info, dimensions.data(), rank);
  }
  api->ReleaseTensorTypeAndShapeInfo(info);
  return status;
}

OrtStatus* Multiply(OrtNodeComputeInfo*, void*, OrtKernelContext* context) noexcept {
  const OrtValue* left;
  const OrtValue* right;
  RETURN_IF_ERROR(api->KernelContext_GetInput(context, 0, &left));
  RETURN_IF_ERROR(api->KernelContext_GetInput(context, 1, &right));
  std::vector<int64_t> shape, weights;
  RETURN_IF_ERROR(Dimensions(left, shape));
  RETURN_IF_ERROR(Dimensions(right, weights));
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); i++) rows *= shape[i];
  const int64_t depth = weights[0], columns = weights[1];
  shape.back() = columns;
  OrtValue* output;
  RETURN_IF_ERROR(api->KernelContext_GetOutput(context, 0, shape.data(), shape.size(), &output));
  void *x, *w, *y;
  RETURN_IF_ERROR(api->GetTensorMutableData(const_cast<OrtValue*>(left), &x));
  RETURN_IF_ERROR(api->GetTensorMutableData(const_cast<OrtValue*>(right), &w));
  RETURN_IF_ERROR(api->GetTensorMutableData(output, &y));
  auto* result = static_cast<float*>(y);

  // For tests: inputs that a driver prints something about, or dies of.
  if (static_cast<const float*>(x)[0] == 1e30f) { puts("a line of the driver"); fflush(stdout); }
  if (static_cast<const float*>(x)[0] == 2e30f) abort();
  memset(result, 0, sizeof(float) * rows * columns);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t k = 0; k < depth; k++) {
      const float factor = static_cast<const float*>(x)[row * depth + k];
      const float* line = static_cast<const float*>(w) + k * columns;
      for (int64_t column = 0; column < columns; column++) result[row * columns + column] += factor * line[column];
    }
  }
  return nullptr;
}

// Float matrices with a constant right side of two dimensions.
OrtStatus* IsOurs(const OrtNode* node, bool& ours) {
  ours = false;
  const char* type;
  RETURN_IF_ERROR(api->Node_GetOperatorType(node, &type));
  if (strcmp(type, "MatMul") != 0) return nullptr;
  const OrtValueInfo* inputs[2];
  RETURN_IF_ERROR(api->Node_GetInputs(node, inputs, 2));
  bool constant;
  RETURN_IF_ERROR(api->ValueInfo_IsConstantInitializer(inputs[1], &constant));
  const OrtTypeInfo* info;
  RETURN_IF_ERROR(api->GetValueInfoTypeInfo(inputs[1], &info));
  const OrtTensorTypeAndShapeInfo* tensor;
  RETURN_IF_ERROR(api->CastTypeInfoToTensorInfo(info, &tensor));
  ONNXTensorElementDataType element;
  size_t rank;
  RETURN_IF_ERROR(api->GetTensorElementType(tensor, &element));
  RETURN_IF_ERROR(api->GetDimensionsCount(tensor, &rank));
  ours = constant && rank == 2 && element == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  return nullptr;
}

OrtStatus* GetCapability(OrtEp*, const OrtGraph* graph, OrtEpGraphSupportInfo* support) noexcept {
  size_t count;
  RETURN_IF_ERROR(api->Graph_GetNumNodes(graph, &count));
  std::vector<const OrtNode*> nodes(count);
  RETURN_IF_ERROR(api->Graph_GetNodes(graph, nodes.data(), count));
  for (const OrtNode* node : nodes) {
    bool ours;
    RETURN_IF_ERROR(IsOurs(node, ours));
    if (!ours) continue;
    OrtNodeFusionOptions fusion{};
    fusion.ort_version_supported = ORT_API_VERSION;
    RETURN_IF_ERROR(ep_api->EpGraphSupportInfo_AddNodesToFuse(support, &node, 1, &fusion));
  }
  return nullptr;
}

OrtStatus* NoState(OrtNodeComputeInfo*, OrtNodeComputeContext*, void** state) noexcept { *state = nullptr; return nullptr; }
void ReleaseNoState(OrtNodeComputeInfo*, void*) noexcept {}

OrtStatus* Compile(OrtEp*, const OrtGraph**, const OrtNode**, size_t count, OrtNodeComputeInfo** infos, OrtNode**) noexcept {
  for (size_t i = 0; i < count; i++) {
    infos[i] = new OrtNodeComputeInfo{};
    infos[i]->ort_version_supported = ORT_API_VERSION;
    infos[i]->CreateState = NoState;
    infos[i]->Compute = Multiply;
    infos[i]->ReleaseState = ReleaseNoState;
  }
  return nullptr;
}

void ReleaseInfos(OrtEp*, OrtNodeComputeInfo** infos, size_t count) noexcept {
  for (size_t i = 0; i < count; i++) delete infos[i];
}

const char* EpName(const OrtEp*) noexcept { return "MatMulExecutionProvider"; }
const char* FactoryName(const OrtEpFactory*) noexcept { return "MatMulExecutionProvider"; }
const char* Vendor(const OrtEpFactory*) noexcept { return "edgeai-tests"; }
const char* Version(const OrtEpFactory*) noexcept { return "1.0.0"; }
uint32_t VendorId(const OrtEpFactory*) noexcept { return 0xED6E; }

OrtStatus* Devices(OrtEpFactory* base, const OrtHardwareDevice* const*, size_t, OrtEpDevice** devices, size_t capacity, size_t* count) noexcept {
  auto* factory = static_cast<Factory*>(base);
  *count = 0;
  if (capacity == 0) return nullptr;
  OrtKeyValuePairs* metadata;
  api->CreateKeyValuePairs(&metadata);
  api->AddKeyValuePair(metadata, "is_virtual", "1");
  OrtStatus* status = ep_api->CreateHardwareDevice(OrtHardwareDeviceType_NPU, 0xED6E, 1, "edgeai-tests", metadata, &factory->npu);
  api->ReleaseKeyValuePairs(metadata);
  if (!status) status = ep_api->CreateEpDevice(factory, factory->npu, nullptr, nullptr, &devices[0]);
  if (!status) *count = 1;
  return status;
}

OrtStatus* CreateEp(OrtEpFactory*, const OrtHardwareDevice* const*, const OrtKeyValuePairs* const*, size_t, const OrtSessionOptions*, const OrtLogger*, OrtEp** ep) noexcept {
  auto* made = new OrtEp{};
  made->ort_version_supported = ORT_API_VERSION;
  made->GetName = EpName;
  made->GetCapability = GetCapability;
  made->Compile = Compile;
  made->ReleaseNodeComputeInfos = ReleaseInfos;
  *ep = made;
  return nullptr;
}

void ReleaseEp(OrtEpFactory*, OrtEp* ep) noexcept { delete ep; }
OrtStatus* NoAllocator(OrtEpFactory*, const OrtMemoryInfo*, const OrtKeyValuePairs*, OrtAllocator** allocator) noexcept { *allocator = nullptr; return nullptr; }
void ReleaseAllocator(OrtEpFactory*, OrtAllocator*) noexcept {}
OrtStatus* NoDataTransfer(OrtEpFactory*, OrtDataTransferImpl** transfer) noexcept { *transfer = nullptr; return nullptr; }
bool NotStreamAware(const OrtEpFactory*) noexcept { return false; }
OrtStatus* NoStream(OrtEpFactory*, const OrtMemoryDevice*, const OrtKeyValuePairs*, OrtSyncStreamImpl** stream) noexcept { *stream = nullptr; return nullptr; }

}  // namespace

extern "C" __attribute__((visibility("default"))) OrtStatus* CreateEpFactories(
    const char* name, const OrtApiBase* base, const OrtLogger*, OrtEpFactory** factories, size_t, size_t* count) {
  // ONNX Runtime shows a device that is not of the machine only under such a name.
  const std::string registration(name), ending(".virtual");
  api = base->GetApi(ORT_API_VERSION);
  ep_api = api->GetEpApi();
  *count = 0;
  if (registration.size() < ending.size() || registration.compare(registration.size() - ending.size(), ending.size(), ending) != 0) {
    return api->CreateStatus(ORT_INVALID_ARGUMENT, "register this provider under a name that ends in .virtual");
  }
  auto* factory = new Factory{};
  factory->ort_version_supported = ORT_API_VERSION;
  factory->GetName = FactoryName;
  factory->GetVendor = Vendor;
  factory->GetVersion = Version;
  factory->GetVendorId = VendorId;
  factory->GetSupportedDevices = Devices;
  factory->CreateEp = CreateEp;
  factory->ReleaseEp = ReleaseEp;
  factory->CreateAllocator = NoAllocator;
  factory->ReleaseAllocator = ReleaseAllocator;
  factory->CreateDataTransfer = NoDataTransfer;
  factory->IsStreamAware = NotStreamAware;
  factory->CreateSyncStreamForDevice = NoStream;
  factories[0] = factory;
  *count = 1;
  return nullptr;
}

extern "C" __attribute__((visibility("default"))) OrtStatus* ReleaseEpFactory(OrtEpFactory* base) {
  auto* factory = static_cast<Factory*>(base);
  if (factory->npu) ep_api->ReleaseHardwareDevice(factory->npu);
  delete factory;
  return nullptr;
}
