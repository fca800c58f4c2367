namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>Walks the fields of a message that the reader stands at the start of.</summary>
internal delegate void NestedParser(in ProtobufField message, bool isMain);
