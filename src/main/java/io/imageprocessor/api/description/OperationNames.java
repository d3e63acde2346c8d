package io.imageprocessor.api.description;

import io.swagger.v3.oas.models.Operation;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/**
 * Names an operation after its method. Otherwise springdoc would number operations with several paths, in an order that
 * varies between starts. An operation with several methods is named in api.yaml.
 */
@Component
class OperationNames implements OperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        return operation.operationId(handler.getMethod().getName());
    }
}
